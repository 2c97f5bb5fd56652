"""A real name server on the loopback address, of a few names."""

from __future__ import annotations

import socketserver
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

if TYPE_CHECKING:
    from collections.abc import Iterator

ZONE = {
    ("preprint.test.", "TXT"): ['"v=spf1 ip4:1.1.1.7 " "-all"', '"other"'],
    ("preprint.test.", "MX"): ["20 second.preprint.test.", "10 Third.preprint.test."],
    ("silent.test.", "MX"): ["0 ."],
    ("mx.preprint.test.", "A"): ["1.1.1.7"],
    ("mx.preprint.test.", "AAAA"): ["2606:4700::7"],
    ("7.1.1.1.in-addr.arpa.", "PTR"): ["mx.preprint.test."],
}


class NameServer(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        packet, sock = self.request
        question = dns.message.from_wire(packet)
        asked = question.question[0]
        name, kind = str(asked.name), dns.rdatatype.to_text(asked.rdtype)
        if name == "mute.test.":
            return
        reply = dns.message.make_response(question)
        found = ZONE.get((name, kind))
        if name == "broken.test.":
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif found:
            reply.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *found))
        elif name not in {known for known, _ in ZONE}:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        sock.sendto(reply.to_wire(), self.client_address)


@contextmanager
def serving_names() -> Iterator[str]:
    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), NameServer) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
