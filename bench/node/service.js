"use strict";

// The limits' service as it would be written for Node.js: AWS's runtime interface client, Ajv with the
// schemas, big.js for exact sums. The rules are those of src/handlers.

const Big = require("big.js");

const { compile } = require("./schemas.js");

const MARKS_IN_MEMORY = 100_000;

const { envelope: validEnvelope, payloads } = compile(process.env.SCHEMA_DIR);
const limits = new Map();
// The events that were applied, the newest so many of them: a Set keeps the order in which ids came.
const marks = new Set();

function check(valid, value) {
  if (!valid(value)) {
    throw new Error(valid.errors.map((each) => `${each.instancePath} ${each.message}`).join("; "));
  }
}

function mark(eventId) {
  if (marks.size === MARKS_IN_MEMORY) {
    marks.delete(marks.values().next().value);
  }
  marks.add(eventId);
}

function find(userLimitId) {
  const limit = limits.get(userLimitId);
  if (limit === undefined) {
    throw new Error("no such limit");
  }
  return limit;
}

const handlers = {
  USER_LIMIT_CREATED(event) {
    if (limits.has(event.userLimitId)) {
      throw new Error("the limit exists");
    }
    limits.set(event.userLimitId, { ...event, value: new Big(event.value), progress: new Big(0) });
  },

  USER_LIMIT_PROGRESS_CHANGED(event) {
    const limit = find(event.userLimitId);
    const progress = new Big(event.previousProgress).plus(event.amount);
    if (progress.gt(limit.value)) {
      throw new Error("previousProgress + amount is more than the limit's value");
    }
    if (!limit.progress.eq(event.previousProgress)) {
      console.warn(`${event.userLimitId}: the stored progress is not the event's`);
    }
    if (
      event.remainingAmount !== undefined &&
      !limit.value.minus(progress).eq(event.remainingAmount)
    ) {
      console.warn(`${event.userLimitId}: what is left is not the event's`);
    }
    limit.progress = progress;
  },

  USER_LIMIT_RESET(event) {
    const limit = find(event.userLimitId);
    limit.progress = new Big(0);
    limit.nextResetTime = event.nextResetTime;
  },
};

function apply(data) {
  const event = JSON.parse(Buffer.from(data, "base64").toString());
  check(validEnvelope, event);
  const handle = handlers[event.type];
  if (marks.has(event.eventId) || handle === undefined) {
    return; // applied already, or another service's event
  }
  check(payloads.get(event.type), event.data);
  handle(event.data);
  mark(event.eventId);
}

// In order; the first record that fails is named, and ends the batch.
exports.handler = async (batch) => {
  for (const { kinesis } of batch.Records) {
    try {
      apply(kinesis.data);
    } catch (error) {
      console.error(`${kinesis.sequenceNumber}: ${error.message}`);
      return { batchItemFailures: [{ itemIdentifier: kinesis.sequenceNumber }] };
    }
  }
  return { batchItemFailures: [] };
};
