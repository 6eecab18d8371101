//! Edges through which a probe goes on until a person stops it: no call is begun then but those that clean up, and no pause lasts.

use std::rc::Rc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use jiff::Timestamp;

use crate::ports::{Broken, Clock, Ports, Transport};
use crate::systems::probe::Documents;

/// How soon a pause ends after a stop.
const LOOK: Duration = Duration::from_millis(200);

/// The same edges, which a stop of the probe closes.
#[must_use]
pub fn stoppable(ports: &Ports, documents: &Rc<Documents>) -> Ports {
    let documents = || Rc::clone(documents);
    Ports {
        clock: Rc::new(Stoppable { edge: Rc::clone(&ports.clock), documents: documents() }),
        transport: Rc::new(Stoppable { edge: Rc::clone(&ports.transport), documents: documents() }),
        ..ports.clone()
    }
}

struct Stoppable<T: ?Sized> {
    edge: Rc<T>,
    documents: Rc<Documents>,
}

#[async_trait(?Send)]
impl Transport for Stoppable<dyn Transport> {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Broken> {
        match self.documents.may_call() {
            true => self.edge.send(request).await,
            false => Err(Broken::Stopped),
        }
    }
}

#[async_trait(?Send)]
impl Clock for Stoppable<dyn Clock> {
    fn now(&self) -> Timestamp {
        self.edge.now()
    }

    async fn sleep(&self, pause: Duration) {
        let mut left = pause;
        while !left.is_zero() && self.documents.may_call() {
            let part = left.min(LOOK);
            self.edge.sleep(part).await;
            left = left.saturating_sub(part);
        }
    }

    fn chance(&self) -> f64 {
        self.edge.chance()
    }
}
