package ai.rails.app.attestation;

import picocli.CommandLine.Command;

import ai.rails.app.verb.Group;

/// `rails attestation`: needs no server, and nothing of AI Rails runs.
@Command(
    name = "attestation",
    description = {
      "Verify attestation evidence (Intel TDX, AMD SEV-SNP) from files, and say what an image",
      "measures, offline."
    },
    mixinStandardHelpOptions = true,
    subcommands = {VerifyCommand.class, MeasureCommand.class})
public final class AttestationCommand extends Group {
  public AttestationCommand() {
    super("rails attestation verify quote.bin");
  }
}
