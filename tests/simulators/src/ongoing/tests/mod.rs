//! Each trap, proven.
