//! A test company with a few records, and a probe of it.

use std::time::Duration;

use acceptance::answers::{self, Answers};
use acceptance::replay::test_company;
use acceptance::world::World;
use bridge::ports::Ports;
use bridge::roads::check::identity::{self, Identity};
use bridge::roads::probe::{self, Documents, Report, Verdict};
use bridge::tenant::Tenant;
use bridge::words::kind::Kind;
use simulators::facts::{ALL, Fact};

/// The ERP whose probe looks at a fact; Ongoing's are looked at by every probe.
pub fn prober(fact: &Fact) -> Kind {
    answers::erp(fact).unwrap_or(Kind::PowerOffice)
}

/// Runs a test of its own under answers.
pub fn under<T, F: Future<Output = T>>(answers: &Answers, test: impl FnOnce() -> F) -> T {
    answers::under(answers, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async { test().await })
    })
}

pub struct Scene {
    pub world: World,
    pub tenant: Tenant,
}

impl Scene {
    /// Nothing is pulled.
    pub async fn new(kind: Kind) -> Self {
        let (world, tenant) = test_company(kind).await;
        Self { world, tenant }
    }

    /// What a probe says that only reads.
    pub async fn probe(&self) -> Report {
        let ports = probe::read_only(&self.world.ports(), "acme");
        let deadline = self.world.now() + Duration::from_secs(900);
        let who = identity::ask(&ports, &self.tenant, deadline).await;
        let findings = probe::reads(&ports, &self.tenant, deadline, &|_| ()).await;
        Report::of(&self.tenant, who, self.world.now(), findings)
    }

    /// What a probe says that makes documents of its own, once a person agreed.
    pub async fn probe_with_documents(&self, mail: Option<&str>) -> Report {
        let ports = self.world.ports();
        let deadline = self.world.now() + Duration::from_secs(900);
        let who = identity::ask(&ports, &self.tenant, deadline).await;
        let agreed = probe::before(&ports, &self.tenant, &who, mail, deadline).await.unwrap();
        assert!(agreed.is_ok(), "{agreed:?}");
        let mut findings = probe::reads(&ports, &self.tenant, deadline, &|_| ()).await;
        let documents = Documents::default();
        findings.extend(probe::writes(&ports, &self.tenant, mail, deadline, &documents, &|_| ()).await);
        let report = Report::of(&self.tenant, who, self.world.now(), findings);
        Report { wrote: true, stays: documents.stay(), ..report }
    }

    /// What documents of its own show, and nothing else.
    pub async fn documents(&self) -> Report {
        self.documents_through(self.world.ports(), &Documents::default()).await
    }

    /// The same through other edges, noted where somebody else can stop it.
    pub async fn documents_through(&self, ports: Ports, documents: &Documents) -> Report {
        let deadline = self.world.now() + Duration::from_secs(900);
        let mail = Some("nobody@example.com");
        let findings = probe::writes(&ports, &self.tenant, mail, deadline, documents, &|_| ()).await;
        let report = Report::of(&self.tenant, Identity::of(&self.tenant), self.world.now(), findings);
        Report { wrote: true, stopped: documents.is_stopped(), stays: documents.stay(), ..report }
    }

    /// All that a probe must leave as it is: what the cloud keeps of the tenant, the queues, and Ongoing.
    pub fn trace(&self) -> (String, usize, usize, usize) {
        let memory = &self.world.memory;
        let kept: String =
            ["tenant#acme", "unreadable"].iter().map(|pk| format!("{:?}", memory.items(pk, ""))).collect();
        (kept, memory.import_queue().len(), memory.write_back_queue().len(), self.world.writes())
    }
}

/// Every fact of a report that is told has the answer that the simulator has; the ids of those that are told.
pub fn truth(report: &Report, answers: &Answers) -> Vec<&'static str> {
    let mut told = Vec::new();
    for settled in &report.facts {
        if settled.verdict == Verdict::CannotTell {
            assert!(settled.look.is_some(), "{settled:?}");
            continue;
        }
        let switched = answers.iter().find(|(fact, _)| fact.id == settled.fact).map(|(_, answer)| *answer);
        let assumed = ALL.iter().find(|fact| fact.id == settled.fact).unwrap().assumed();
        let is = switched.unwrap_or(assumed);
        assert_eq!(settled.answer, Some(is), "under {answers:?}: {settled:?}");
        let verdict = if is == assumed { Verdict::Holds } else { Verdict::Differs };
        assert_eq!(settled.verdict, verdict, "{settled:?}");
        told.push(settled.fact);
    }
    told
}
