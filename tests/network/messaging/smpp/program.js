// A program that speaks SMPP by another library: node program.js PORT COUNT. Prints what it was answered and delivered.
'use strict';
const smpp = require('smpp');

const [port, count] = process.argv.slice(2).map(Number);
const found = { bound: null, answered: [], parts: null, payload: null, receipts: [], queried: null };
const session = smpp.connect({ url: `smpp://127.0.0.1:${port}` });

function finish() {
  if (found.answered.length < count || found.receipts.length < count || found.queried === null) return;
  if (found.parts === null || found.payload === null) return;
  session.unbind(() => {
    console.log(JSON.stringify(found));
    session.close();
  });
}

session.on('error', (fault) => {
  console.error(String(fault));
  process.exit(1);
});
session.on('deliver_sm', (pdu) => {
  session.send(pdu.response());
  found.receipts.push(String(pdu.short_message.message));
  finish();
});
session.on('connect', () => {
  session.bind_transceiver({ system_id: 'program', password: 'secret' }, (bound) => {
    found.bound = bound.command_status;
    for (let n = 0; n < count; n += 1) {
      session.submit_sm(
        { source_addr: '999111', destination_addr: `42060100000${n % 10}`, short_message: `Hello ${n}`, registered_delivery: 1 },
        (pdu) => {
          found.answered.push(pdu.message_id);
          if (found.answered.length === count) {
            session.query_sm({ message_id: pdu.message_id, source_addr: '999111' }, (state) => {
              found.queried = state.message_state;
              finish();
            });
          }
        },
      );
    }
    session.submit_sm(
      { destination_addr: '420601000001', short_message: { udh: Buffer.from([5, 0, 3, 1, 2, 1]), message: 'part' } },
      (pdu) => { found.parts = pdu.command_status; finish(); },
    );
    session.submit_sm(
      { destination_addr: '420601000001', message_payload: 'x'.repeat(500) },
      (pdu) => { found.payload = pdu.command_status; finish(); },
    );
  });
});
