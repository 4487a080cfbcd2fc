"use strict";

// Reads the file, decodes it once for the checksum and then again and again for the time, and reports,
// as decode/timing.c and decode/harness.c do.

const fs = require("node:fs");

const MEMBERS = {
  USER_LIMIT_CREATED: [
    "activeFrom", "activeUntil", "brandId", "createdAt", "currencyCode", "nextResetTime", "period",
    "previousLimitValue", "progress", "status", "type", "userId", "userLimitId", "value",
  ],
  USER_LIMIT_PROGRESS_CHANGED: [
    "amount", "brandId", "currencyCode", "nextResetTime", "previousProgress", "remainingAmount",
    "userId", "userLimitId",
  ],
  USER_LIMIT_RESET: [
    "brandId", "currencyCode", "nextResetTime", "period", "resetAmount", "resetPercentage", "type",
    "unusedAmount", "userId", "userLimitId",
  ],
};

// FNV-1a of every value as text, a newline after each; bench/README.md has the order.
class Checksum {
  hash = 2166136261;
  events = 0;

  add(value) {
    for (const byte of Buffer.from(`${value ?? "-"}\n`)) {
      this.hash = Math.imul(this.hash ^ byte, 16777619);
    }
  }

  event(kinesis, envelope) {
    this.events++;
    this.add(kinesis.partitionKey);
    this.add(kinesis.sequenceNumber);
    for (const name of ["aggregateId", "createdAt", "eventId", "sequenceNumber", "source", "type"]) {
      this.add(envelope[name]);
    }
    for (const name of MEMBERS[envelope.type]) {
      this.add(envelope.data[name]);
    }
  }

  toString() {
    return (this.hash >>> 0).toString(16).padStart(8, "0");
  }
}

function options() {
  const found = { path: null, seconds: 1, json: false };
  const rest = process.argv.slice(2);
  while (rest.length > 0) {
    const argument = rest.shift();
    if (argument === "--json") {
      found.json = true;
    } else if (argument === "--seconds" && rest.length > 0) {
      found.seconds = Number(rest.shift());
    } else if (!argument.startsWith("-") && found.path === null) {
      found.path = argument;
    } else {
      return null;
    }
  }
  return found.path === null ? null : found;
}

// Milliseconds that the process had the processor, so that other work on the machine does not count.
function processorTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

function takeTimes(decode, text, seconds) {
  const times = [];
  let begin = performance.now();
  // Until what is hot is compiled.
  while (performance.now() - begin < Math.max(seconds, 0.5) * 1000) {
    decode(text, () => {});
  }
  begin = performance.now();
  while (times.length < 3 || performance.now() - begin < seconds * 1000) {
    const before = processorTime();
    decode(text, () => {});
    times.push(processorTime() - before);
  }
  return times.sort((a, b) => a - b);
}

// decode(text, visit) gives each event of the Lambda event in the Buffer `text` to visit(kinesis,
// envelope), and throws if anything is wrong with it.
function main(name, decode) {
  const given = options();
  if (given === null) {
    console.error(`usage: ${name} FILE [--json] [--seconds N]`);
    process.exit(2);
  }
  const text = fs.readFileSync(given.path);
  const sum = new Checksum();
  decode(text, (kinesis, envelope) => sum.event(kinesis, envelope));
  const times = takeTimes(decode, text, given.seconds);
  const facts = {
    name,
    validates: true,
    bytes: text.length,
    events: sum.events,
    runs: times.length,
    bestMs: times[0],
    medianMs: times[times.length >> 1],
    mbPerS: text.length / times[times.length >> 1] / 1e3,
    checksum: sum.toString(),
  };
  if (given.json) {
    console.log(JSON.stringify(facts));
    return;
  }
  console.log(`${name}: ${given.path}, ${facts.bytes} bytes, ${facts.events} events`);
  console.log(
    `  best ${facts.bestMs.toFixed(3)} ms, median ${facts.medianMs.toFixed(3)} ms of ${facts.runs} runs`,
  );
  console.log(
    `  ${facts.mbPerS.toFixed(1)} MB/s, ${((facts.medianMs / facts.events) * 1e6).toFixed(0)} ns an event,` +
      ` checksum ${facts.checksum}`,
  );
}

module.exports = { main };
