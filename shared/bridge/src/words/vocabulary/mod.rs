//! The vendors' closed lists of words, against which tenant items are validated.

pub mod finago;
pub mod lengths;
pub mod ongoing;
pub mod procountor;
