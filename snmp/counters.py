"""Names of an engine's own counters, and what those mean that Reports carry.

RFC 3414 section 5 (usmStats), RFC 3412 section 5 (snmpMPDStats), RFC 3413 section 4.1.2 (contexts), RFC 3418
(the snmp group).
"""

from __future__ import annotations

from snmp.ber import Oid
from snmp.errors import Reason

_USM = (1, 3, 6, 1, 6, 3, 15, 1, 1)
_MPD = (1, 3, 6, 1, 6, 3, 11, 2, 1)
_TARGET = (1, 3, 6, 1, 6, 3, 12, 1)
_SNMP = (1, 3, 6, 1, 2, 1, 11)

UNSUPPORTED_SEC_LEVELS: Oid = (*_USM, 1, 0)
NOT_IN_TIME_WINDOWS: Oid = (*_USM, 2, 0)
UNKNOWN_USER_NAMES: Oid = (*_USM, 3, 0)
UNKNOWN_ENGINE_IDS: Oid = (*_USM, 4, 0)
WRONG_DIGESTS: Oid = (*_USM, 5, 0)
DECRYPTION_ERRORS: Oid = (*_USM, 6, 0)
UNKNOWN_SECURITY_MODELS: Oid = (*_MPD, 1, 0)
INVALID_MSGS: Oid = (*_MPD, 2, 0)
UNKNOWN_PDU_HANDLERS: Oid = (*_MPD, 3, 0)
UNAVAILABLE_CONTEXTS: Oid = (*_TARGET, 4, 0)
UNKNOWN_CONTEXTS: Oid = (*_TARGET, 5, 0)

IN_PKTS: Oid = (*_SNMP, 1, 0)
IN_BAD_VERSIONS: Oid = (*_SNMP, 3, 0)
IN_BAD_COMMUNITY_NAMES: Oid = (*_SNMP, 4, 0)
IN_BAD_COMMUNITY_USES: Oid = (*_SNMP, 5, 0)
IN_ASN_PARSE_ERRS: Oid = (*_SNMP, 6, 0)
SILENT_DROPS: Oid = (*_SNMP, 31, 0)
PROXY_DROPS: Oid = (*_SNMP, 32, 0)

ENGINE_COUNTERS = (
    IN_PKTS,
    IN_BAD_VERSIONS,
    IN_BAD_COMMUNITY_NAMES,
    IN_BAD_COMMUNITY_USES,
    IN_ASN_PARSE_ERRS,
    SILENT_DROPS,
    PROXY_DROPS,
    UNKNOWN_SECURITY_MODELS,
    INVALID_MSGS,
    UNKNOWN_PDU_HANDLERS,
    UNAVAILABLE_CONTEXTS,
    UNKNOWN_CONTEXTS,
    UNSUPPORTED_SEC_LEVELS,
    NOT_IN_TIME_WINDOWS,
    UNKNOWN_USER_NAMES,
    UNKNOWN_ENGINE_IDS,
    WRONG_DIGESTS,
    DECRYPTION_ERRORS,
)
"""All that an engine counts of itself, each a Counter32."""

REPORT_REASONS: dict[Oid, tuple[Reason, str]] = {
    UNSUPPORTED_SEC_LEVELS: (Reason.SECURITY_LEVEL, "the user does not have this security level there"),
    NOT_IN_TIME_WINDOWS: (Reason.NOT_IN_WINDOW, "the device finds our boots and time outside its window"),
    UNKNOWN_USER_NAMES: (Reason.UNKNOWN_USER, "the device has no user of this name"),
    UNKNOWN_ENGINE_IDS: (Reason.UNKNOWN_ENGINE, "the device has another engine id"),
    WRONG_DIGESTS: (Reason.WRONG_KEY, "the device has another authentication password or protocol"),
    DECRYPTION_ERRORS: (Reason.DECRYPTION, "the device has another privacy password or protocol"),
    UNKNOWN_SECURITY_MODELS: (Reason.UNEXPECTED, "the device does not know the User-based Security Model"),
    INVALID_MSGS: (Reason.UNEXPECTED, "the device finds the message invalid"),
    UNKNOWN_PDU_HANDLERS: (Reason.UNEXPECTED, "the device has nothing that answers this request"),
    UNAVAILABLE_CONTEXTS: (Reason.UNEXPECTED, "the device's context is not available now"),
    UNKNOWN_CONTEXTS: (Reason.UNEXPECTED, "the device has no context of this name"),
}
"""What a Report says, by the counter in it."""
