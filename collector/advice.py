"""What to check next for each reason of a failure, in the words of somebody on duty."""

from __future__ import annotations

from collector.inventory.values import Probe
from collector.model import Fault, Reason, Verdict

ADVICE: dict[Reason, str] = {
    Reason.TIMEOUT: (
        "Nothing came back. Ping its parent; then power, cable and the address in the inventory. If "
        "only SNMP is silent: its port, its access list, and with v1/v2c the community."
    ),
    Reason.DEADLINE: (
        "It answers, but not to the end in time. If it only tells its SNMPv3 engine: privacy password or "
        "protocol differ. Otherwise load and loss on its line; if it is always so, raise its deadline."
    ),
    Reason.REFUSED: (
        "The machine is there and the port is closed. Is the service running, and on this port?"
    ),
    Reason.CLOSED: "The connection was closed half way. The server's own log says why.",
    Reason.MALFORMED: "What came back is not what was asked for. Does something else answer at this port?",
    Reason.TOO_LARGE: (
        "The answer is larger than it may be. For an agent: is the forced command the report?"
    ),
    Reason.BAD_DIGEST: (
        "The answer's signature is not of our key: another password on the device, or somebody changes "
        "packets on the way. Take it seriously."
    ),
    Reason.UNKNOWN_USER: (
        "The device has no SNMPv3 user of this name. Create it there, or mend the credential."
    ),
    Reason.WRONG_KEY: (
        "The device does not accept our signature: authentication password or protocol differ."
    ),
    Reason.SECURITY_LEVEL: "The device's user does not have the level asked for (authentication, privacy).",
    Reason.DECRYPTION: "One side cannot decrypt: privacy password, protocol or key extension (-C) differ.",
    Reason.NOT_IN_WINDOW: (
        "The device's engine clock makes no sense, even after synchronising. Restart its SNMP agent; if"
        " its boots counter is lost at each restart, its flash is failing."
    ),
    Reason.UNKNOWN_ENGINE: (
        "Another SNMP engine answers than before, or none is told. Was the device replaced?"
    ),
    Reason.ERROR_STATUS: (
        "The device answers with an error. Its view for this user may not hold the objects."
    ),
    Reason.NO_OBJECTS: "It answers, but shows nothing of what is polled. Widen the view of this user.",
    Reason.HOST_KEY_UNKNOWN: (
        "Compare the host's key on its console with ssh-keyscan, then pin it in known_hosts."
    ),
    Reason.HOST_KEY_CHANGED: (
        "Another machine answers, or it was reinstalled. Do not just replace the key: ask."
    ),
    Reason.LOGIN_REFUSED: (
        "The account or our public key is not accepted: authorized_keys, and its owner and mode."
    ),
    Reason.COMMAND_FAILED: (
        "The forced command ended with an error; its words stand beside the reason. If a shell did not find "
        "haidang-report/1, the key has no forced command in authorized_keys: add it, the key opens a shell."
    ),
    Reason.WRONG_VERSION: "Agent and collector speak different versions. Update the older one.",
    Reason.NAME_UNKNOWN: (
        "The name does not exist, says this machine's resolver. Has somebody changed or lost its DNS record?"
    ),
    Reason.TLS_FAILED: (
        "The port is open, but no encryption comes about. Does it speak TLS, and version 1.2 or later?"
    ),
    Reason.CERTIFICATE_EXPIRED: (
        "Browsers refuse it too. Renew the certificate, and look why it was not renewed by itself. Is this "
        "machine's clock right?"
    ),
    Reason.CERTIFICATE_NAME: (
        "The certificate is for other names, which stand beside. Does the right server answer, with the "
        "right certificate?"
    ),
    Reason.CERTIFICATE_ISSUER: (
        "Nobody who is believed here has issued it. An authority of your own: name its file in tls.ca. A "
        "public one: does the server send the whole chain?"
    ),
    Reason.CERTIFICATE_INVALID: "The certificate is refused; OpenSSL's reason stands beside.",
    Reason.BAD_REDIRECT: (
        "It redirects too often, or to where the check does not follow. Open the page in a browser; the "
        "target stands beside."
    ),
    Reason.UNEXPECTED_STATUS: (
        "The web server answers, the application does not. 5xx: look at its own log; 401 or 403: who changed "
        "access; 404: has the page moved?"
    ),
    Reason.UNEXPECTED_BODY: (
        "The page comes, but is not the one it should be: an error page, a maintenance notice, or a changed "
        "text. Open it in a browser."
    ),
    Reason.DNS_ERROR: (
        "The name server answers with an error, which stands beside. SERVFAIL: look at its zone and log; "
        "REFUSED: may it answer us; NXDOMAIN: is the record lost?"
    ),
    Reason.UNEXPECTED_ANSWER: (
        "The name server answers, but not with these records. Compare its zone; take an address that nobody "
        "knows seriously."
    ),
    Reason.RESOLVER_FAILED: (
        "This machine cannot look names up. Look at /etc/resolv.conf, the servers in it, and the way there."
    ),
    Reason.NO_AUTHORITIES: "The file in tls.ca cannot be used. Its problem stands beside.",
    Reason.NO_ROUTE: "This machine has no route to the address. Look at its own network first.",
    Reason.NO_PERMISSION: "This machine's kernel forbids it: CAP_NET_RAW for ping, or a local firewall.",
    Reason.NO_BUFFER: "This machine was out of buffers or descriptors. Look at its load and limits.",
    Reason.SEND_FAILED: "This machine could not send. The error stands beside the reason.",
    Reason.NO_SECRET: (
        "A secret of the credential cannot be had. The reference and its problem stand beside."
    ),
    Reason.LATE: "The collector itself was held up. Look at CPU, disk and memory of its machine.",
    Reason.INTERNAL: "An error of the collector's own. Its log has the trace; please report it.",
}

_THERE_ALL_THE_SAME: dict[Probe, str] = {
    Probe.ICMP: "It answers otherwise, so the line is not it: pings are filtered, on the way or there.",
    Probe.SNMP: (
        "It answers otherwise, so the line is not it. Does its SNMP agent run, on this port? Does its access "
        "list let this machine ask? With v1/v2c: is it this community?"
    ),
    Probe.SSH: (
        "It answers otherwise, so the line is not it. Does sshd run, on this port? Is there a firewall that "
        "drops what comes from this machine?"
    ),
}


def what_next(fault: Fault, verdict: Verdict) -> str:
    """Return what to check after this fault in a poll of this verdict."""
    if fault.reason is Reason.TIMEOUT and verdict is Verdict.ANSWERED:
        return _THERE_ALL_THE_SAME.get(fault.probe, ADVICE[fault.reason])
    return ADVICE[fault.reason]
