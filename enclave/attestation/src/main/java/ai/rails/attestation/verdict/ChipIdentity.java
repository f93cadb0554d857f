package ai.rails.attestation.verdict;

import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.verdict.Claims.SigningKey;
import ai.rails.attestation.verdict.Claims.TcbParts;

/// The endorsement key that a SEV-SNP report names, for whoever has to fetch its certificate.
///
/// @param product `Milan`, `Genoa` or `Turin`
/// @param hardwareId as AMD's key distribution service knows the chip: 64 bytes, 8 on Turin; zeros
///   where the host masks it
/// @param tcb that the key was derived for
public record ChipIdentity(String product, SigningKey signingKey, Bytes hardwareId, TcbParts tcb) {}
