"use strict";

// What services on Node.js are made of: JSON.parse, Buffer, and Ajv with the schemas.

const { main } = require("./harness.js");
const { compile } = require("./schemas.js");

const { envelope: validEnvelope, payloads } = compile(process.env.SCHEMA_DIR);

function readEvent(data) {
  const event = JSON.parse(Buffer.from(data, "base64").toString());
  if (!validEnvelope(event)) {
    throw new Error(`an envelope: ${JSON.stringify(validEnvelope.errors)}`);
  }
  const validPayload = payloads.get(event.type);
  if (validPayload === undefined || !validPayload(event.data)) {
    throw new Error(`a payload of ${event.type}: ${JSON.stringify(validPayload?.errors)}`);
  }
  return event;
}

function decode(text, visit) {
  for (const { kinesis } of JSON.parse(text.toString()).Records) {
    visit(kinesis, readEvent(kinesis.data));
  }
}

main("Node.js Ajv", decode);
