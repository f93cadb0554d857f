package ai.rails.app.attestation;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `rails attestation`: needs no server, and nothing of AI Rails runs.
@Command(
    name = "attestation",
    description = "Verify attestation evidence (Intel TDX, AMD SEV-SNP) from files, offline.",
    mixinStandardHelpOptions = true,
    subcommands = VerifyCommand.class)
public final class AttestationCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "which verb? For example: rails attestation verify quote.bin");
  }
}
