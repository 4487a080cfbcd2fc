// For servers that listen on all interfaces and can't be told not to: node --require loopback_only.cjs SERVER.
"use strict";

const net = require("node:net");

const listen = net.Server.prototype.listen;

net.Server.prototype.listen = function (...given) {
  const where = typeof given[0] === "object" && given[0] !== null ? given[0] : { port: given[0] };
  const done = given.filter((value) => typeof value === "function");
  return listen.call(this, { ...where, host: "127.0.0.1" }, ...done);
};
