package ai.rails.attestation.verdict;

import ai.rails.attestation.format.Bytes;

/// What the quoting enclave's own report says of it.
public record QeReport(
    Bytes cpuSvn,
    Bytes miscSelect,
    Bytes attributes,
    Bytes mrEnclave,
    Bytes mrSigner,
    int isvProdId,
    int isvSvn,
    Bytes reportData) {}
