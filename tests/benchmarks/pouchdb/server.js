// express-pouchdb on loopback. Arguments: where its databases go. Prints its port, then serves until it is killed.
const express = require("express");
const PouchDB = require("pouchdb");
const folder = process.argv[2];
const Stored = PouchDB.defaults({ prefix: folder + "/" });
const app = express();
app.use("/", require("express-pouchdb")(Stored, { logPath: folder + "/log.txt", configPath: folder + "/config.json" }));
const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));
