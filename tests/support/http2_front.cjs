// HTTP/2 with TLS in front of a server that has neither: node http2_front.cjs KEY CERTIFICATE PORT_BEHIND
// Prints its own port, on 127.0.0.1, when it listens.
"use strict";

const fs = require("node:fs");
const http = require("node:http");
const http2 = require("node:http2");

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

const server = http2.createSecureServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key) }, forward);
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
