"""Digests and ciphers against published vectors, and what a message may not get away with."""

from __future__ import annotations

import hmac

import pytest

from snmp.errors import ProtocolError, Reason
from snmp.usm import digest
from snmp.usm_ciphers import decrypt, encrypt
from snmp.usm_protocols import AuthProtocol, PrivProtocol

# RFC 4231 sections 4.2 and 4.3 (test cases 1 and 2), each cut to what RFC 7860 section 4 carries.
RFC_4231 = [
    (AuthProtocol.SHA_224, 16, "896fb1128abbdf196832107cd49df33f", "a30e01098bc6dbbf45690f3a7e9e6d0f"),
    (
        AuthProtocol.SHA_256,
        24,
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da7",
        "5bdcc146bf60754e6a042426089575c75a003f089d273983",
    ),
    (
        AuthProtocol.SHA_384,
        32,
        "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59c",
        "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e",
    ),
    (
        AuthProtocol.SHA_512,
        48,
        "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4",
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd",
    ),
]


@pytest.mark.parametrize(("auth", "size", "first", "second"), RFC_4231)
def test_sha2_digests_are_those_of_rfc4231(auth: AuthProtocol, size: int, first: str, second: str) -> None:
    """Cut to 16, 24, 32 and 48 octets."""
    assert digest(auth, b"\x0b" * 20, b"Hi There") == bytes.fromhex(first)
    assert digest(auth, b"Jefe", b"what do ya want for nothing?") == bytes.fromhex(second)
    assert auth.digest_size == size


@pytest.mark.parametrize("auth", AuthProtocol, ids=lambda auth: auth.label)
def test_digests_are_those_of_the_standard_library(auth: AuthProtocol) -> None:
    """Of every length of key that USM makes, and the same when the prepared states are used again."""
    for size in (0, 1, 16, 20, auth.key_size, 64):
        for data in (b"", b"x", bytes(range(256)) * 5) * 2:
            key = bytes(range(1, size + 1))
            assert digest(auth, key, data) == hmac.digest(key, data, auth.hash_name)[: auth.digest_size]


def test_md5_and_sha1_digests_are_those_of_rfc2202() -> None:
    """Test case 2 of each, cut to 12 octets (RFC 3414 sections 6 and 7)."""
    data = b"what do ya want for nothing?"
    assert digest(AuthProtocol.MD5, b"Jefe", data) == bytes.fromhex("750c783e6ab0b503eaa86e31")
    assert digest(AuthProtocol.SHA_1, b"Jefe", data) == bytes.fromhex("effcdf6ae5eb2fa2d27416d5")


# NIST SP 800-38A section F.3.13 and F.3.17: CFB128 with IV 00 01 02 ... 0f.
AES_VECTORS = [
    (PrivProtocol.AES_128, "2b7e151628aed2a6abf7158809cf4f3c", "3b3fd92eb72dad20333449f8e83cfb4a"),
    (
        PrivProtocol.AES_256,
        "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4",
        "dc7e84bfda79164b7ecd8486985d3860",
    ),
]


@pytest.mark.parametrize(("priv", "key", "ciphertext"), AES_VECTORS)
def test_aes_is_cfb128_with_an_iv_of_boots_time_and_salt(
    priv: PrivProtocol, key: str, ciphertext: str
) -> None:
    """RFC 3826 section 3.1.2.1: the NIST vector appears when the three make its IV."""
    plaintext = bytes.fromhex("6bc1bee22e409f96e93d7e117393172a")
    sealed, parameters = encrypt(
        priv,
        bytes.fromhex(key),
        boots=0x0001_0203,
        time=0x0405_0607,
        salt=0x0809_0A0B_0C0D_0E0F,
        plaintext=plaintext,
    )
    assert sealed == bytes.fromhex(ciphertext)
    assert parameters == bytes.fromhex("08090a0b0c0d0e0f")
    opened = decrypt(
        priv,
        bytes.fromhex(key),
        boots=0x0001_0203,
        time=0x0405_0607,
        parameters=parameters,
        ciphertext=sealed,
    )
    assert opened == plaintext


def test_aes_takes_a_length_that_fills_no_block() -> None:
    """RFC 3826 section 3.1.3: no padding."""
    sealed, _ = encrypt(PrivProtocol.AES_128, bytes(16), boots=1, time=2, salt=3, plaintext=b"lighthouse")
    assert len(sealed) == len(b"lighthouse")


def test_des_is_cbc_with_an_iv_of_pre_iv_and_salt() -> None:
    """RFC 3414 section 8.1.1: FIPS 81's CBC example appears when pre-IV XOR salt is its IV."""
    salt = bytes.fromhex("0000000500000007")
    iv = bytes.fromhex("1234567890abcdef")
    pre_iv = bytes(left ^ right for left, right in zip(iv, salt, strict=True))
    sealed, parameters = encrypt(
        PrivProtocol.DES,
        bytes.fromhex("0123456789abcdef") + pre_iv,
        boots=5,
        time=0,
        salt=7,
        plaintext=b"Now is the time for all ",
    )
    assert parameters == salt
    assert sealed == bytes.fromhex("e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6")


def test_des_pads_to_whole_blocks() -> None:
    """RFC 3414 section 8.1.1.2."""
    sealed, parameters = encrypt(
        PrivProtocol.DES, bytes(16), boots=1, time=2, salt=3, plaintext=b"lighthouse"
    )
    opened = decrypt(PrivProtocol.DES, bytes(16), boots=1, time=2, parameters=parameters, ciphertext=sealed)
    assert len(sealed) == 16
    assert opened.startswith(b"lighthouse")


@pytest.mark.parametrize("priv", list(PrivProtocol))
@pytest.mark.parametrize("size", [0, 7, 9, 16])
def test_salt_of_another_length_is_a_decryption_error(priv: PrivProtocol, size: int) -> None:
    """RFC 3826 section 3.1.4.1 and RFC 3414 section 8.3.2: it must have eight octets."""
    with pytest.raises(ProtocolError) as caught:
        decrypt(priv, bytes(priv.key_size), boots=1, time=2, parameters=bytes(size), ciphertext=bytes(16))
    assert (caught.value.reason, caught.value.detail) == (
        Reason.DECRYPTION,
        f"salt of {size} octets, must have 8",
    )


def test_des_ciphertext_of_broken_blocks_is_a_decryption_error() -> None:
    """RFC 3414 section 8.1.1.3."""
    with pytest.raises(ProtocolError, match="15 octets are no whole number of DES blocks"):
        decrypt(PrivProtocol.DES, bytes(16), boots=1, time=2, parameters=bytes(8), ciphertext=bytes(15))
