// HTTP/2 with TLS in front of a server that has neither: node http2_front.cjs KEY CERTIFICATE PORT_BEHIND
// Prints its own port, on 127.0.0.1, when it listens.
"use strict";

const fs = require("node:fs");
const http = require("node:http");
const http2 = require("node:http2");
const net = require("node:net");
const tls = require("node:tls");

const [key, cert, port] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true });

function forward(request, response) {
  const headers = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (!name.startsWith(":") && name !== "host") {
      headers[name] = value;
    }
  }
  const behind = http.request({ agent, headers, host: "127.0.0.1", method: request.method,
                                path: request.url, port: Number(port) }, (answer) => {
    const { connection, "keep-alive": _, "transfer-encoding": __, ...kept } = answer.headers;
    response.writeHead(answer.statusCode, kept);
    answer.pipe(response);
  });
  behind.on("error", () => response.stream.destroy());
  request.pipe(behind);
}

// The library does not negotiate, and Node takes HTTP/2 without that from plain connections only.
const plain = http2.createServer(forward);
const server = tls.createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key) }, (socket) => {
  const inner = net.connect(plain.address().port, "127.0.0.1");
  for (const each of [socket, inner]) {
    each.on("error", () => { socket.destroy(); inner.destroy(); });
  }
  socket.pipe(inner).pipe(socket);
});
plain.listen(0, "127.0.0.1", () => {
  server.listen(0, "127.0.0.1", () => console.log(server.address().port));
});
