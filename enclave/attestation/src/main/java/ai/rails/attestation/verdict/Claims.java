package ai.rails.attestation.verdict;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import ai.rails.attestation.format.Bytes;

/// What evidence says. True only inside a [Verdict.Accepted]; elsewhere it is what somebody wrote.
public sealed interface Claims {
  /// The measurement that a person compares first.
  Bytes measurement();

  /// What the guest asked to have signed.
  Bytes reportData();

  /// A TDX quote's.
  ///
  /// @param bodyType from quote version 5 on
  /// @param userData the first 16 bytes are the quoting enclave's id of the platform
  /// @param trailingBytes padding behind the signature data: neither signed nor hashed
  /// @param pck the platform; absent where the chain did not hold
  record Tdx(
      int version,
      OptionalInt bodyType,
      int qeSvn,
      int pceSvn,
      Bytes userData,
      TdReport report,
      QeReport quotingEnclave,
      Bytes attestationKey,
      int signedLength,
      int signatureLength,
      int trailingBytes,
      Optional<PckIdentity> pck)
      implements Claims {
    @Override
    public Bytes measurement() {
      return report.mrTd();
    }

    @Override
    public Bytes reportData() {
      return report.reportData();
    }
  }

  /// A SEV-SNP report's.
  ///
  /// @param policy the guest policy, all 64 bits
  /// @param hostData what the host put beside the guest at launch
  /// @param cpu family, model and stepping; from report version 3 on
  /// @param product Milan, Genoa or Turin; absent where nothing says so
  /// @param endorsement the key behind the signature; absent where the chain did not hold
  record Snp(
      int version,
      long guestSvn,
      long policy,
      Bytes familyId,
      Bytes imageId,
      int vmpl,
      long platformInfo,
      SigningKey signingKey,
      boolean authorKeyEnabled,
      boolean chipIdMasked,
      Bytes reportData,
      Bytes measurement,
      Bytes hostData,
      Bytes idKeyDigest,
      Bytes authorKeyDigest,
      Bytes reportId,
      Bytes chipId,
      Bytes currentTcb,
      Bytes reportedTcb,
      Bytes committedTcb,
      Bytes launchTcb,
      List<Integer> cpu,
      Optional<String> product,
      Optional<Endorsement> endorsement)
      implements Claims {
    public Snp {
      cpu = List.copyOf(cpu);
    }

    /// The TCB that the endorsement key was derived for, taken apart; absent while the product is
    /// not known, because products order the bytes differently.
    public Optional<TcbParts> reportedTcbParts() {
      return product.map(name -> TcbParts.of(reportedTcb, name));
    }
  }

  /// The versions in a TCB_VERSION of 8 bytes.
  ///
  /// @param firmwareManagement from Turin on
  record TcbParts(OptionalInt firmwareManagement, int bootLoader, int tee, int snp, int microcode) {
    private static final int MICROCODE = 7;

    static TcbParts of(Bytes raw, String product) {
      return product.equals("Turin")
          ? new TcbParts(
              OptionalInt.of(raw.at(0)), raw.at(1), raw.at(2), raw.at(3), raw.at(MICROCODE))
          : new TcbParts(OptionalInt.empty(), raw.at(0), raw.at(1), raw.at(6), raw.at(MICROCODE));
    }
  }

  /// Who signs SEV-SNP reports.
  enum SigningKey {
    /// One chip's key.
    VCEK,
    /// A cloud provider's key.
    VLEK
  }

  /// What an endorsement key's certificate says.
  ///
  /// @param tcb the versions that the key was derived for
  /// @param hardwareId of a VCEK
  /// @param provider of a VLEK
  record Endorsement(
      int structure,
      String product,
      TcbParts tcb,
      Optional<Bytes> hardwareId,
      Optional<String> provider) {}
}
