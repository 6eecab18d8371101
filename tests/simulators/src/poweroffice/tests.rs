//! Every trap, by what a caller sees of it.
