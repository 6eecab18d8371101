//! Files that only their owner reads.

use std::io::Write as _;
use std::path::Path;

/// Writes a file with names, addresses or settings of customers.
pub fn write(file: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut to = options.open(file)?;
    // A file that was there before keeps its mode else.
    #[cfg(unix)]
    to.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    to.write_all(text.as_bytes())
}
