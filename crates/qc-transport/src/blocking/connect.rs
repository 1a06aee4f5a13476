//! ureq's steps of connecting, and a connection that notes what is done with it.

use qc_proto::Phase;
use ureq::{
    Error,
    unversioned::transport::{
        Buffers, ConnectProxyConnector, ConnectionDetails, Connector, NextTimeout, Transport,
    },
};

use super::progress;

/// ureq's tunnel through a proxy, of whose bytes none are the request's.
#[derive(Debug, Default)]
pub(super) struct NotingTunnel(ConnectProxyConnector);

impl<In: Transport> Connector<In> for NotingTunnel {
    type Out = <ConnectProxyConnector as Connector<In>>::Out;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        // The proxy itself is reached by this same chain, with a configuration that has no proxy.
        if details.config.proxy().is_none() {
            return self.0.connect(details, chained);
        }
        progress::note(Phase::Connect);
        progress::tunnel(|| self.0.connect(details, chained))
    }
}

/// Notes the phase that begins once the steps before it are done.
#[derive(Debug)]
pub(super) struct Reached(pub(super) Phase);

impl<In: Transport> Connector<In> for Reached {
    type Out = In;

    fn connect(&self, _: &ConnectionDetails, chained: Option<In>) -> Result<Option<In>, Error> {
        progress::note(self.0);
        Ok(chained)
    }
}

/// The last step: from here on, what is written is the request.
#[derive(Debug)]
pub(super) struct NotingConnector;

impl<In: Transport> Connector<In> for NotingConnector {
    type Out = NotingConnection<In>;

    fn connect(
        &self,
        _: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        let to_proxy = progress::is_tunnelling();
        Ok(chained.map(|inner| NotingConnection { inner, to_proxy }))
    }
}

/// A connection.
#[derive(Debug)]
pub(super) struct NotingConnection<T> {
    inner: T,
    /// The tunnel's own: the request is written to a connection around it.
    to_proxy: bool,
}

impl<T: Transport> Transport for NotingConnection<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        if !self.to_proxy {
            progress::sending();
        }
        self.inner.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        // An answer is waited for once the request is written, and its body after its head.
        if !self.to_proxy && progress::phase() == Phase::Send {
            progress::note(Phase::Head);
        }
        self.inner.await_input(timeout)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}
