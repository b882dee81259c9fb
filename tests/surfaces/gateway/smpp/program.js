// A program that speaks SMPP by another library over mutual TLS: node program.js PORT SYSTEM_ID PASSWORD KEY CA SENDER.
// Sends, asks and takes back; prints what it was answered once a receipt and a mobile's message were delivered to it.
'use strict';
const fs = require('fs');
const smpp = require('smpp');

const [port, systemId, password, key, ca, sender] = process.argv.slice(2);
const found = { bound: null, answered: [], refused: null, parts: [], unicode: null, queried: null, taken: null, delivered: [] };
const session = smpp.connect({
  url: `ssmpp://127.0.0.1:${port}`,
  key: fs.readFileSync(key),
  cert: fs.readFileSync(key),
  ca: fs.readFileSync(ca),
});
const sms = (more) => ({ source_addr: sender, destination_addr: '420602000001', data_coding: 0, ...more });
const ask = (name, pdu) => new Promise((answered) => { session[name](pdu, answered); });

session.on('error', (fault) => {
  console.error(String(fault));
  process.exit(1);
});
session.on('deliver_sm', (pdu) => {
  session.send(pdu.response());
  found.delivered.push([pdu.esm_class, String((pdu.short_message.message || '') + (pdu.message_payload ? pdu.message_payload.message || pdu.message_payload : '')), pdu.receipted_message_id || null]);
  if (found.delivered.length < 3) return;
  session.unbind(() => {
    console.log(JSON.stringify(found));
    session.close();
  });
});
session.on('secureConnect', async () => {
  found.bound = (await ask('bind_transceiver', { system_id: systemId, password })).command_status;
  const refused = await ask('submit_sm', sms({ destination_addr: '123' }));
  found.refused = [refused.command_status, refused.additional_status_info_text];
  const many = await Promise.all([...Array(20).keys()].map((n) => ask('submit_sm', sms({ short_message: `Hello ${n}`, registered_delivery: 1 }))));
  found.answered = many.map((pdu) => pdu.message_id);
  found.unicode = (await ask('submit_sm', sms({ data_coding: 8, short_message: 'Žluťoučký kůň' }))).command_status;
  for (const n of [1, 2]) {
    const udh = Buffer.from([5, 0, 3, 9, 2, n]);
    found.parts.push((await ask('submit_sm', sms({ short_message: { udh, message: `part ${n}` } }))).command_status);
  }
  const [last] = found.answered.slice(-1);
  found.queried = (await ask('query_sm', { message_id: last, source_addr: sender })).message_state;
  found.taken = (await ask('cancel_sm', { message_id: last, source_addr: sender, destination_addr: '420602000001' })).command_status;
  console.error('ready');
});
