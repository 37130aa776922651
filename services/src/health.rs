//! gRPC health (`grpc.health.v1`): not serving until everything is up, and not serving from the moment a stop begins.

use tonic::server::NamedService;
use tonic_health::ServingStatus;
use tonic_health::server::HealthReporter;

/// The health of the whole server and of each of its services.
#[derive(Clone, Debug)]
pub(crate) struct Health {
    reporter: HealthReporter,
    services: Vec<&'static str>,
}

impl Health {
    /// Nothing serves yet.
    pub(crate) async fn new(reporter: HealthReporter, services: Vec<&'static str>) -> Self {
        let health = Self { reporter, services };
        health.tell(ServingStatus::NotServing).await;
        health
    }

    /// Tells whoever asks or watches.
    pub(crate) async fn tell(&self, status: ServingStatus) {
        // The empty name stands for the server as a whole.
        for service in std::iter::once("").chain(self.services.iter().copied()) {
            self.reporter.set_service_status(service, status).await;
        }
    }
}

/// The name under which a service is mounted.
pub(crate) fn name_of<S: NamedService>(_: &S) -> &'static str {
    S::NAME
}
