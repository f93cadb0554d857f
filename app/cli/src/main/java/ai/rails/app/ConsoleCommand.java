package ai.rails.app;

import java.nio.file.Files;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.verb.Exit;

/// `rails console`: prints the address at which the console opens.
@Command(
    name = "console",
    description = "Print the console's address; it holds the key of this development installation.",
    mixinStandardHelpOptions = true)
final class ConsoleCommand implements Callable<Integer> {
  @Mixin private DataOption data = new DataOption();

  @Override
  public Integer call() {
    DataDirectory directory = data.directory();
    if (!Files.exists(directory.effectiveProperties())) {
      throw new Unavailable(
          "%s holds no installation; start one with: rails demo".formatted(directory.root()));
    }
    System.out.println(
        EffectiveProperties.load(directory.effectiveProperties()).require("console.url"));
    return Exit.OK;
  }
}
