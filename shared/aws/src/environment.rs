//! What a function is told by its environment. Read here and nowhere else.

/// A function's environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// `TENANT_TABLE`.
    pub tenant_table: String,
    /// `STATE_TABLE`.
    pub state_table: String,
    /// `IMPORT_QUEUE_URL`: where pull functions put records.
    pub import_queue_url: Option<String>,
    /// `JOB_QUEUE_URL`: a function's own job queue.
    pub job_queue_url: Option<String>,
    /// `SECRET_PREFIX`.
    pub secret_prefix: String,
    /// `ALLOW_LOCAL_ENDPOINTS`: `true` or `false`; `false` when left out.
    pub allow_local: bool,
    /// `LOG_LEVEL`; `info` when left out.
    pub log_level: String,
}

/// A variable that is missing or wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {name} {problem}")]
pub struct Wrong {
    /// Which.
    pub name: &'static str,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl Environment {
    /// The process's own.
    ///
    /// # Errors
    /// The first variable that is missing or wrong.
    pub fn read() -> Result<Self, Wrong> {
        Self::of(|name| std::env::var(name).ok())
    }

    /// What `variable` knows. An empty variable counts as none: a template cannot leave one out.
    ///
    /// # Errors
    /// As [`Environment::read`].
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Wrong> {
        let variable = |name: &str| variable(name).filter(|text| !text.is_empty());
        let needed = |name: &'static str| variable(name).ok_or(Wrong { name, problem: "is not set" });
        let allow_local = match variable("ALLOW_LOCAL_ENDPOINTS").as_deref() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => return Err(Wrong { name: "ALLOW_LOCAL_ENDPOINTS", problem: "is neither true nor false" }),
        };
        Ok(Self {
            tenant_table: needed("TENANT_TABLE")?,
            state_table: needed("STATE_TABLE")?,
            import_queue_url: variable("IMPORT_QUEUE_URL"),
            job_queue_url: variable("JOB_QUEUE_URL"),
            secret_prefix: needed("SECRET_PREFIX")?,
            allow_local,
            log_level: variable("LOG_LEVEL").unwrap_or_else(|| "info".into()),
        })
    }

    /// The environment of a pull function, which has both queues.
    ///
    /// # Errors
    /// The queue that is missing.
    pub fn with_queues(self) -> Result<Self, Wrong> {
        let missing = |name| Wrong { name, problem: "is not set" };
        match (&self.import_queue_url, &self.job_queue_url) {
            (None, _) => Err(missing("IMPORT_QUEUE_URL")),
            (_, None) => Err(missing("JOB_QUEUE_URL")),
            _ => Ok(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEEDED: [(&str, &str); 3] = [("TENANT_TABLE", "t"), ("STATE_TABLE", "s"), ("SECRET_PREFIX", "p")];

    fn of(further: &[(&str, &str)]) -> Result<Environment, Wrong> {
        let all: Vec<_> = further.iter().chain(&NEEDED).collect();
        Environment::of(|name| all.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned()))
    }

    #[test]
    fn what_may_be_left_out_has_a_safe_default() {
        let environment = of(&[("JOB_QUEUE_URL", "")]).unwrap();
        assert_eq!((environment.allow_local, environment.log_level.as_str()), (false, "info"));
        assert_eq!((environment.import_queue_url, environment.job_queue_url), (None, None));
    }

    #[test]
    fn an_error_names_the_variable() {
        assert_eq!(of(&[("STATE_TABLE", "")]).unwrap_err().name, "STATE_TABLE");
        let local = of(&[("ALLOW_LOCAL_ENDPOINTS", "True")]).unwrap_err();
        assert_eq!(local.to_string(), "the environment variable ALLOW_LOCAL_ENDPOINTS is neither true nor false");
        assert!(of(&[("ALLOW_LOCAL_ENDPOINTS", "true")]).unwrap().allow_local);
        let queues = of(&[("IMPORT_QUEUE_URL", "u")]).unwrap().with_queues();
        assert_eq!(queues.unwrap_err().name, "JOB_QUEUE_URL");
    }
}
