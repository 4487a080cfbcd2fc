"use strict";

// The project's own schemas, compiled by Ajv, with the keywords that are this project's.

const fs = require("node:fs");
const path = require("node:path");
const Ajv = require("ajv/dist/2020");

const DECIMAL = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;
const MOST_DIGITS = 38;
const MOST_DECIMALS = 130;

function isDecimal(text) {
  if (!DECIMAL.test(text)) {
    return false;
  }
  if (text.length <= MOST_DIGITS) {
    return true;
  }
  const point = text.indexOf(".");
  const decimals = point < 0 ? 0 : text.length - point - 1;
  const digits = text.replace(/[-.]/g, "").replace(/^0+/, "").length;
  return digits <= MOST_DIGITS && decimals <= MOST_DECIMALS;
}

// -1, 0 or 1, exactly.
function compareDecimals(left, right) {
  const parts = [left, right].map((text) => text.split("."));
  const scale = Math.max(...parts.map(([, decimals = ""]) => decimals.length));
  const [a, b] = parts.map(([whole, decimals = ""]) => BigInt(whole + decimals.padEnd(scale, "0")));
  return a < b ? -1 : a > b ? 1 : 0;
}

// Whether a decimal keeps to a bound: `keeps` is given how it compares to the bound.
function bound(keyword, keeps) {
  return {
    keyword,
    type: "string",
    schemaType: "string",
    compile(limit) {
      // By far the most frequent bound, and its answer shows in the first character.
      const quick = keyword === "x-minimum" && limit === "0";
      return (text) =>
        (quick && text[0] !== "-") ||
        !DECIMAL.test(text) || // the format says so already
        keeps(compareDecimals(text, limit));
    },
  };
}

const KEYWORDS = [
  bound("x-minimum", (order) => order >= 0),
  bound("x-exclusiveMinimum", (order) => order > 0),
  bound("x-maximum", (order) => order <= 0),
  bound("x-exclusiveMaximum", (order) => order < 0),
  {
    keyword: "x-scale",
    type: "string",
    schemaType: "number",
    compile: (scale) => (text) => !text.includes(".") || text.length - text.indexOf(".") - 1 <= scale,
  },
  // These say what a thing is for; there is nothing to check.
  ...["x-envelope", "x-event", "x-entity", "x-service", "x-c-name"].map((keyword) => ({ keyword })),
];

function readJson(file) {
  return JSON.parse(fs.readFileSync(file, "utf8"));
}

function schemaFiles(folder) {
  return fs.readdirSync(folder).map((name) => path.join(folder, name));
}

// { envelope, payloads: a Map from an event's type to the validator of its payload }
function compile(schemaFolder) {
  const ajv = new Ajv({ strict: true, validateSchema: false, formats: { decimal: isDecimal } });
  KEYWORDS.forEach((keyword) => ajv.addKeyword(keyword));

  const load = (file) => {
    // The dialect is 2020-12 with the keywords above.
    const { $schema, ...schema } = readJson(file);
    ajv.addSchema(schema);
    return schema;
  };
  const envelope = load(path.join(schemaFolder, "envelope.schema.json"));
  schemaFiles(path.join(schemaFolder, "types")).forEach(load);
  const events = schemaFiles(path.join(schemaFolder, "events")).map(load);
  return {
    envelope: ajv.getSchema(envelope.$id),
    payloads: new Map(events.map((each) => [each["x-event"].type, ajv.getSchema(each.$id)])),
  };
}

module.exports = { compile };
