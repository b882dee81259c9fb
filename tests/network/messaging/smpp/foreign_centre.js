// A centre that speaks SMPP by another library: node foreign_centre.js. Prints its port; answers; sends receipts.
'use strict';
const smpp = require('smpp');

let number = 0;
const server = smpp.createServer((session) => {
  session.on('error', () => session.close());
  session.on('bind_transceiver', (pdu) => session.send(pdu.response({ system_id: 'foreign' })));
  session.on('enquire_link', (pdu) => session.send(pdu.response()));
  session.on('unbind', (pdu) => {
    session.send(pdu.response());
    session.close();
  });
  session.on('submit_sm', (pdu) => {
    number += 1;
    const id = number.toString(16);
    session.send(pdu.response({ message_id: id.padStart(8, '0') }));
    session.deliver_sm({
      source_addr: pdu.destination_addr,
      destination_addr: pdu.source_addr,
      esm_class: 4,
      receipted_message_id: id.toUpperCase(),
      message_state: 2,
      short_message: `id:${number} sub:001 dlvrd:001 submit date:2602010830 done date:2602010831 stat:DELIVRD err:000 text:`,
    });
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
