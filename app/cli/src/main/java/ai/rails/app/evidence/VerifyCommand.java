package ai.rails.app.evidence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.ObjectMapper;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

import ai.rails.app.verb.Exit;
import ai.rails.app.verb.OutputFormat;
import ai.rails.app.verb.Palette;
import ai.rails.platform.evidence.BundleVerifier;
import ai.rails.platform.evidence.Verdict;
import ai.rails.schema.EventCodec;

/// `rails evidence verify`: 0 when everything holds, 1 when something does not or cannot be told, 2
/// for usage.
@Command(
    name = "verify",
    description = "Say whether a bundle is unaltered, complete, and who stands for it. Offline.",
    footer = {
      "",
      "Keys inside a bundle are copies: they show that it agrees with itself, not who made it.",
      "Get the four files from the operator by another way, once, and give --trust DIR."
    },
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  @Parameters(index = "0", paramLabel = "FILE", description = "The bundle.")
  private Path file = Path.of("");

  @Mixin private TrustOptions trust = new TrustOptions();

  @Option(names = "-o", paramLabel = "FORMAT", description = "text or json.")
  private OutputFormat format = OutputFormat.TEXT;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new ParameterException(spec.commandLine(), "there is no file " + file);
    }
    TrustOptions.Believed believed = trust.believed();
    Verdict verdict =
        new BundleVerifier(new EventCodec(), EvidenceCommand.DOCUMENTS)
            .verify(file, believed.trust());
    var out = spec.commandLine().getOut();
    switch (format) {
      case JSON -> {
        var tree = new LinkedHashMap<String, Object>();
        tree.put("file", file.toString());
        tree.put("keys", believed.source());
        tree.putAll(verdict.tree());
        out.println(new ObjectMapper().writeValueAsString(tree));
      }
      case TEXT -> {
        var palette = new Palette(spec.commandLine().getColorScheme().ansi());
        out.print(new VerdictText(palette).of(file, believed.source(), verdict));
      }
    }
    out.flush();
    return verdict.verified() ? Exit.OK : Exit.FAILED;
  }
}
