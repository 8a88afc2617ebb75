// One client. Arguments: where its database goes, a file of journal lines, the server's address.
// Puts each line in a document of its own, says so, waits for a line on stdin, replicates, prints the milliseconds.
const fs = require("fs");
const PouchDB = require("pouchdb");
const [folder, lines, url] = process.argv.slice(2);

async function main() {
  const local = new PouchDB(folder);
  const texts = fs.readFileSync(lines, "utf8").split("\n").filter((text) => text);
  const documents = texts.map((line, place) => ({ _id: String(place).padStart(9, "0"), line }));
  await local.bulkDocs(documents);
  const remote = new PouchDB(url);
  await remote.info();
  console.log("ready");
  await new Promise((resolve) => process.stdin.once("data", resolve));
  const began = Date.now();
  const done = await PouchDB.replicate(local, remote, { batch_size: 200, batches_limit: 4 });
  if (done.docs_written !== documents.length) throw new Error(`${done.docs_written} of ${documents.length} written`);
  console.log(Date.now() - began);
  process.exit(0);
}

main().catch((error) => { console.error(error); process.exit(1); });
