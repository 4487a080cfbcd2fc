/*
 * AWS's module for Node: each line is {"write":[[partition key, explicit hash key or "", data in base64],…]} or
 * {"open":aggregate in base64}, answered with an aggregate in base64, or with such an array.
 */
"use strict";
const { createInterface } = require("readline");
const { createRequire } = require("module");
const { deaggregateSync, RecordAggregator } = createRequire(process.argv[2] + "/")("aws-kinesis-agg");

function write(records) {
    const aggregator = new RecordAggregator();
    for (const [partitionKey, explicitHashKey, data] of records) {
        const record = { partitionKey, data: Buffer.from(data, "base64") };
        if (explicitHashKey !== "") {
            record.explicitHashKey = explicitHashKey;
        }
        aggregator.addUserRecord(record);
    }
    return aggregator.build().data.toString("base64");
}

function open(data) {
    let opened = [];
    deaggregateSync({ data, sequenceNumber: "1" }, true, (error, records) => {
        if (error) {
            throw error;
        }
        opened = records;
    });
    return opened.map((record) => [record.partitionKey, record.explicitPartitionKey || "", record.data]);
}

createInterface({ input: process.stdin }).on("line", (line) => {
    const request = JSON.parse(line);
    console.log(JSON.stringify(request.write ? write(request.write) : open(request.open)));
});
