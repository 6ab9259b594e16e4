"""What a datagram means, told by our codec and by pysnmp in the same words, so that the two can be compared.

Ours refuses with its own error only; pysnmp, the judge, may fail in any way it likes. Digests and ciphers are
each library's own, and so are the keys that each derives from passwords.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from pyasn1.codec.ber import decoder
from pyasn1.type import univ
from pysnmp.proto import api
from pysnmp.proto.api.verdec import decode_message_version
from pysnmp.proto.mpmod.rfc3412 import ScopedPDU, SNMPv3Message
from pysnmp.proto.secmod.rfc3414.service import (  # the services themselves import each other in a circle
    UsmSecurityParameters,
    aes,
    aes192,
    aes256,
    des,
    hmacmd5,
    hmacsha,
    hmacsha2,
)

from snmp.errors import ProtocolError, malformed
from snmp.message import (
    PRIV_FLAG,
    Version,
    read_community_message,
    read_usm_message,
    read_version,
)
from snmp.pdu import read_pdu, read_varbinds
from snmp.smi import Value
from snmp.usm import level_of, open_scoped_pdu, verify_digest
from snmp.usm_keys import NO_KEYS, UsmUser
from snmp.usm_protocols import AuthProtocol, PrivProtocol


@dataclass(frozen=True, slots=True)
class Meaning:
    """Who says what: `header` is the community, or what v3 has in its place."""

    version: int
    header: tuple[int | bytes, ...]
    pdu: tuple[int, ...]
    varbinds: tuple[tuple[tuple[int, ...], int, Value | None], ...]


def ours(datagram: bytes, user: UsmUser | None = None) -> Meaning | ProtocolError:
    """Return what our codec reads, or why it refuses; for v3, after digest and decryption as `user`."""
    try:
        return _read_ours(datagram, user)
    except ProtocolError as error:
        return error


def _read_ours(datagram: bytes, user: UsmUser | None) -> Meaning:
    number, at = read_version(datagram)
    if number in (Version.V1, Version.V2C):
        message = read_community_message(datagram, number, at)
        meaning = Meaning(number, (message.community,), (), ())
        return _with_pdu(meaning, datagram, message.pdu_at, message.end)
    if number != Version.V3:
        raise malformed("no version of SNMP")
    usm = read_usm_message(datagram, at)
    if level_of(usm):
        if user is None or user.auth is None:
            raise malformed("authentication by nobody")
        verify_digest(datagram, usm, user.auth, user.keys_for(usm.engine_id).auth)
    keys = user.keys_for(usm.engine_id) if user is not None and level_of(usm) else NO_KEYS
    data, scoped = open_scoped_pdu(datagram, usm, user, keys)
    header = (*usm[:8], usm.priv_parameters, scoped.context_engine_id, scoped.context_name)
    return _with_pdu(Meaning(3, header, (), ()), data, scoped.pdu_at, scoped.end)


def _with_pdu(meaning: Meaning, data: bytes, at: int, end: int) -> Meaning:
    head = read_pdu(data, at, end)
    varbinds = tuple((oid, int(tag), value) for oid, tag, value in read_varbinds(data, head))
    return replace(
        meaning, pdu=(int(head.kind), head.request_id, head.error_status, head.error_index), varbinds=varbinds
    )


_AUTH: dict[AuthProtocol, Any] = {
    AuthProtocol.MD5: hmacmd5.HmacMd5(),
    AuthProtocol.SHA_1: hmacsha.HmacSha(),
    AuthProtocol.SHA_224: hmacsha2.HmacSha2(hmacsha2.HmacSha2.SHA224_SERVICE_ID),
    AuthProtocol.SHA_256: hmacsha2.HmacSha2(hmacsha2.HmacSha2.SHA256_SERVICE_ID),
    AuthProtocol.SHA_384: hmacsha2.HmacSha2(hmacsha2.HmacSha2.SAH384_SERVICE_ID),
    AuthProtocol.SHA_512: hmacsha2.HmacSha2(hmacsha2.HmacSha2.SHA512_SERVICE_ID),
}
_PRIV: dict[PrivProtocol, Any] = {
    PrivProtocol.DES: des.Des(),
    PrivProtocol.AES_128: aes.Aes(),
    PrivProtocol.AES_192: aes192.AesBlumenthal192(),
    PrivProtocol.AES_256: aes256.AesBlumenthal256(),
    PrivProtocol.AES_192_C: aes192.Aes192(),
    PrivProtocol.AES_256_C: aes256.Aes256(),
}
_AUTH_IDS: dict[AuthProtocol, tuple[int, ...]] = {
    AuthProtocol.MD5: hmacmd5.HmacMd5.SERVICE_ID,
    AuthProtocol.SHA_1: hmacsha.HmacSha.SERVICE_ID,
    AuthProtocol.SHA_224: hmacsha2.HmacSha2.SHA224_SERVICE_ID,
    AuthProtocol.SHA_256: hmacsha2.HmacSha2.SHA256_SERVICE_ID,
    AuthProtocol.SHA_384: hmacsha2.HmacSha2.SAH384_SERVICE_ID,
    AuthProtocol.SHA_512: hmacsha2.HmacSha2.SHA512_SERVICE_ID,
}


def pysnmps(
    datagram: bytes, user: UsmUser | None = None, passwords: tuple[str, str] = ("", "")
) -> Meaning | None:
    """Return what pysnmp reads; for v3, after its own digest and decryption with these passwords."""
    try:
        version = int(decode_message_version(datagram))
        if version in (Version.V1, Version.V2C):
            return _read_community(datagram, version)
        return _read_v3(datagram, user, passwords) if version == Version.V3 else None
    except Exception:  # noqa: BLE001 - the judge may fail in any way
        return None


def _read_community(datagram: bytes, version: int) -> Meaning:
    module = api.PROTOCOL_MODULES[version]
    message, rest = decoder.decode(datagram, asn1Spec=module.Message())
    _nothing_left(rest)
    meaning = Meaning(int(message[0]), (bytes(message[1]),), (), ())
    return _with_pysnmp_pdu(meaning, module.apiMessage.get_pdu(message), module)


def _read_v3(datagram: bytes, user: UsmUser | None, passwords: tuple[str, str]) -> Meaning:
    message, rest = decoder.decode(datagram, asn1Spec=SNMPv3Message())
    _nothing_left(rest)
    usm, rest = decoder.decode(message[2].asOctets(), asn1Spec=UsmSecurityParameters())
    _nothing_left(rest)
    message_id, max_size, flags, model = message[1].values()
    engine_id, boots, time, name, digest, salt = usm.values()
    flag = bytes(flags)[0]
    if flag & 0x03 == PRIV_FLAG:
        raise ValueError("privacy without authentication")
    scoped = message[3].getComponent()
    if flag & 0x03:
        if user is None or user.auth is None:
            raise ValueError("authentication by nobody")
        auth_key, _ = _keys(user, user.auth, passwords, engine_id)
        _AUTH[user.auth].authenticate_incoming_message(auth_key, digest, datagram)
    if flag & PRIV_FLAG:
        if user is None or user.auth is None or user.priv is None:
            raise ValueError("privacy of nobody")
        _, priv_key = _keys(user, user.auth, passwords, engine_id)
        plaintext = _PRIV[user.priv].decrypt_data(priv_key, (boots, time, salt), scoped)
        # What is left over is padding.
        scoped, _ = decoder.decode(plaintext, asn1Spec=ScopedPDU())
    header = (
        int(message_id),
        int(max_size),
        flag,
        int(model),
        bytes(engine_id),
        int(boots),
        int(time),
        bytes(name),
        bytes(salt),
        bytes(scoped[0]),
        bytes(scoped[1]),
    )
    return _with_pysnmp_pdu(Meaning(3, header, (), ()), scoped[2].getComponent(), api.PROTOCOL_MODULES[1])


def _keys(
    user: UsmUser, protocol: AuthProtocol, passwords: tuple[str, str], engine_id: Any
) -> tuple[Any, Any]:
    auth = _AUTH[protocol]
    auth_key = auth.localize_key(auth.hash_passphrase(univ.OctetString(passwords[0])), engine_id)
    if user.priv is None:
        return auth_key, None
    priv, auth_id = _PRIV[user.priv], _AUTH_IDS[protocol]
    master = priv.hash_passphrase(auth_id, univ.OctetString(passwords[1]))
    return auth_key, priv.localize_key(auth_id, master, engine_id)


def _with_pysnmp_pdu(meaning: Meaning, pdu: Any, module: Any) -> Meaning:
    tag = pdu.tagSet.superTags[-1]
    varbinds = tuple(
        (tuple(name), _tag_of(value), _value_of(value)) for name, value in module.apiPDU.get_varbinds(pdu)
    )
    head = (0x80 | 0x20 | tag.tagId, int(pdu[0]), int(pdu[1]), int(pdu[2]))
    return replace(meaning, pdu=head, varbinds=varbinds)


def _tag_of(value: Any) -> int:
    tag = value.tagSet.superTags[-1]
    return int(tag.tagClass | tag.tagId)


def _value_of(value: Any) -> Value | None:
    tag = _tag_of(value)
    if tag in (0x05, 0x80, 0x81, 0x82):
        return None
    if tag == 0x06:
        return tuple(value)
    return bytes(value) if tag in (0x04, 0x40, 0x44) else int(value)


def _nothing_left(rest: bytes) -> None:
    if rest:
        raise ValueError(f"{len(rest)} octets left over")
