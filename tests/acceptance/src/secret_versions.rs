//! One secret in Secrets Manager, in memory: versions whose value never changes, and labels that move, by the rules in
//! Amazon's API reference (PutSecretValue, UpdateSecretVersionStage, DescribeSecret, RotateSecret).

use std::collections::{BTreeMap, BTreeSet};

use bridge::doors::rotation::{CURRENT, Described, PENDING, Version, Which};
use bridge::words::secret::Secret;

/// The label of the version that was current before.
pub const PREVIOUS: &str = "AWSPREVIOUS";

/// A version of the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its id.
    pub id: String,
    /// Its text, once it has one.
    pub value: Option<String>,
    /// Its labels.
    pub labels: BTreeSet<String>,
}

/// A secret for which rotation is switched on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretVersions {
    /// Its versions, the oldest first; one that has lost its labels can still be read by its id.
    pub versions: Vec<Kept>,
    made: usize,
}

impl SecretVersions {
    /// A secret with one version.
    #[must_use]
    pub fn new(value: &str) -> Self {
        let mut versions = Self { versions: Vec::new(), made: 0 };
        versions.replace(value);
        versions
    }

    /// The version with this id.
    #[must_use]
    pub fn version(&self, id: &str) -> Option<&Kept> {
        self.versions.iter().find(|version| version.id == id)
    }

    /// The version with a label.
    #[must_use]
    pub fn labelled(&self, label: &str) -> Option<&Kept> {
        self.versions.iter().find(|version| version.labels.contains(label))
    }

    /// What everybody reads.
    #[must_use]
    pub fn current(&self) -> &str {
        self.labelled(CURRENT).and_then(|version| version.value.as_deref()).unwrap_or_default()
    }

    /// DescribeSecret, for the secret of this name.
    #[must_use]
    pub fn described(&self, name: String) -> Described {
        let labelled = self.versions.iter().filter(|version| !version.labels.is_empty());
        let versions: BTreeMap<String, Vec<String>> =
            labelled.map(|version| (version.id.clone(), version.labels.iter().cloned().collect())).collect();
        Described { name, rotates: true, versions }
    }

    /// GetSecretValue. `None` where the version has no value.
    #[must_use]
    pub fn read(&self, which: Which<'_>) -> Option<Version> {
        let version = match which {
            Which::Current => self.labelled(CURRENT),
            Which::Version(id) => self.version(id),
        };
        let version = version?;
        Some(Version { id: version.id.clone(), value: Secret::new(version.value.clone()?) })
    }

    /// PutSecretValue without a token: a new version, current at once.
    pub fn replace(&mut self, value: &str) {
        self.made += 1;
        let id = format!("v{}", self.made);
        self.versions.push(Kept { id: id.clone(), value: Some(value.into()), labels: BTreeSet::new() });
        self.label(&id, CURRENT);
    }

    /// PutSecretValue for a version with these labels. False where it has another value.
    pub fn put(&mut self, id: &str, value: &str, labels: &[&str]) -> bool {
        match self.versions.iter_mut().find(|version| version.id == id) {
            Some(version) if version.value.as_ref().is_some_and(|kept| kept != value) => return false,
            Some(version) => version.value = Some(value.into()),
            None => self.versions.push(Kept { id: id.into(), value: Some(value.into()), labels: BTreeSet::new() }),
        }
        labels.iter().for_each(|label| self.label(id, label));
        true
    }

    /// UpdateSecretVersionStage of `AWSCURRENT`. False where `from` is not current.
    pub fn move_current(&mut self, from: &str, to: &str) -> bool {
        let right = self.labelled(CURRENT).is_some_and(|version| version.id == from) && self.version(to).is_some();
        if right {
            self.label(to, CURRENT);
        }
        right
    }

    /// UpdateSecretVersionStage that takes `AWSPENDING` away.
    pub fn drop_pending(&mut self, id: &str) {
        let version = self.versions.iter_mut().find(|version| version.id == id);
        version.into_iter().for_each(|version| {
            version.labels.remove(PENDING);
        });
    }

    /// RotateSecret: an empty version with `AWSPENDING`, if no other rotation seems to be under way. Whether it was made.
    pub fn begin(&mut self, id: &str) -> bool {
        let under_way = self.labelled(PENDING).is_some_and(|version| !version.labels.contains(CURRENT));
        if under_way || self.version(id).is_some() {
            return false;
        }
        self.versions.push(Kept { id: id.into(), value: None, labels: BTreeSet::new() });
        self.label(id, PENDING);
        true
    }

    fn label(&mut self, id: &str, label: &str) {
        let holder = self.labelled(label).map(|version| version.id.clone());
        if holder.as_deref() == Some(id) {
            return;
        }
        for version in &mut self.versions {
            version.labels.remove(label);
            if version.id == id {
                version.labels.insert(label.to_owned());
            }
        }
        if let Some(former) = holder.filter(|_| label == CURRENT) {
            self.label(&former, PREVIOUS);
        }
    }
}
