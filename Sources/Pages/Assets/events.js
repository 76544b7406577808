// One connection for all pages of a browser (HTTP/1.1 leaves six): a shared worker that listens and passes on.
'use strict';

const ports = new Set();
let source = null;
let state = 'wait';

function tell(message) {
  for (const port of ports) port.postMessage(message);
}

function change(next) {
  state = next;
  tell({ state });
}

function listen() {
  source = new EventSource('/api/v1/events');
  source.onopen = () => change('on');
  source.onmessage = (message) => tell({ event: message.data });
  source.onerror = () => {
    change('off');
    if (source.readyState !== EventSource.CLOSED) return;
    // It was refused, which a browser takes for an end: perhaps the server starts just now, or nobody is signed in.
    source = null;
    setTimeout(() => { if (ports.size) listen(); }, 3000);
  };
}

self.onconnect = (connection) => {
  const port = connection.ports[0];
  ports.add(port);
  port.onmessage = (message) => {
    if (message.data !== 'bye') return;
    ports.delete(port);
    if (ports.size || !source) return;
    source.close();
    source = null;
  };
  port.postMessage({ state });
  if (!source) listen();
};
