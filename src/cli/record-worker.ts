// The thread that writes what the proxy records: an entry of its own, bundled beside main.js.
import './recording/thread.js';
