package ai.rails;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import ai.rails.platform.postgres.Database;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

/// The shape of AI Rails. What Maven cannot see, because it stops at module borders, is kept here.
class ArchitectureTest {
  private static final JavaClasses RAILS =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("ai.rails");

  /// The words of the product, the one adapter to each technology, and the stages of a stream.
  private static final Set<String> WORDS =
      Set.of(
          "access",
          "budget",
          "checkpoint",
          "connector",
          "evidence",
          "flow",
          "gate",
          "hook",
          "key",
          "ledger",
          "policy",
          "privacy",
          "reveal",
          "run",
          "runner",
          "siem",
          "signer",
          "slack",
          "tenant",
          "timestamp",
          "witness",
          "worker",
          "workflow", // features
          "axon",
          "http",
          "jooq",
          "kafka",
          "generated",
          "tables",
          "report", // the documents of a bundle
          "relay",
          "provisioner",
          "feed", // stages
          "config",
          "identity",
          "json",
          "keys",
          "opa",
          "postgres",
          "telemetry",
          "ticket", // platform
          "classifier",
          "content",
          "egress",
          "gateway",
          "release", // enclave
          "certificate",
          "collateral",
          "format",
          "measurement",
          "simulator",
          "snp",
          "tdx",
          "verdict", // attestation
          "embedded",
          "demo",
          "bench",
          "conformance",
          "once",
          "rotation",
          "injection",
          "simulation", // app
          "servicenow",
          "openai",
          "azure",
          "anthropic",
          "sink",
          "stripe",
          "telegram",
          "zendesk",
          "synthetic"); // stand-ins

  static final List<ArchRule> RULES =
      List.of(
          onlyDependsOn("domain", "java..", "org.jspecify.."),
          onlyDependsOn("attestation", "java..", "javax.security.auth.x500..", "org.jspecify.."),
          noSibling("command", "stream", "projection", "enclave"),
          noSibling("stream", "command", "projection", "enclave"),
          noSibling("projection", "command", "stream", "enclave"),
          noSibling("enclave", "command", "stream", "projection"),
          nobodyDependsOnApp(),
          onlyIn("org.axonframework..", "ai.rails.command.axon.."),
          onlyIn("org.jooq..", "ai.rails.projection..", "ai.rails.platform.postgres.."),
          onlyIn(
              "java.net.http..",
              "ai.rails.enclave.gateway..",
              "ai.rails.enclave.worker..",
              "ai.rails.platform.identity..",
              "ai.rails.platform.opa..",
              "ai.rails.command.collateral..",
              "ai.rails.projection.access..",
              "ai.rails.platform.timestamp..",
              "ai.rails.platform.witness..",
              "ai.rails.stream.provisioner..",
              "ai.rails.standin..",
              "ai.rails.app.."),
          onlyIn("io.debezium..", "ai.rails.stream.relay.."),
          onlyIn(
              "ai.rails.platform.http.DevelopmentIssuer",
              "ai.rails.platform.http..",
              "ai.rails.app.."),
          onlyIn("ai.rails.command.key.Kms", "ai.rails.command.key..", "ai.rails.command"),
          slices().matching("ai.rails.domain.(*)..").should().beFreeOfCycles(),
          classes()
              .that()
              .resideInAnyPackage(
                  "ai.rails.attestation..",
                  "ai.rails.domain..",
                  "ai.rails.command..",
                  "ai.rails.stream..",
                  "ai.rails.projection..",
                  "ai.rails.enclave..",
                  "ai.rails.platform..")
              .should(new LiveInAFeature(WORDS)),
          noClasses()
              .that()
              .resideOutsideOfPackages("ai.rails.app..", "ai.rails.standin..")
              .should()
              .callMethod(Instant.class, "now")
              .orShould()
              .callMethod(UUID.class, "randomUUID")
              .orShould()
              .callMethod(System.class, "currentTimeMillis")
              .because("time, randomness and ids come in as arguments"),
          noClasses()
              .that()
              .resideInAPackage("ai.rails.command..")
              .or()
              .resideInAPackage("ai.rails.projection..")
              .and()
              .resideOutsideOfPackages("ai.rails.command.axon..", "ai.rails.projection.feed..")
              .should()
              .callMethod(Database.class, "inTransaction", Database.Work.class)
              .orShould()
              .callMethod(Database.class, "connection")
              .because("a transaction names its tenant or its errand (docs/tenancy.md)"));

  @ParameterizedTest
  @FieldSource("RULES")
  void holds(ArchRule rule) {
    rule.check(RAILS);
  }

  private static ArchRule onlyDependsOn(String module, String... allowed) {
    String own = "ai.rails." + module + "..";
    return classes()
        .that()
        .resideInAPackage(own)
        .should()
        .onlyDependOnClassesThat(
            JavaClass.Predicates.resideInAnyPackage(allowed)
                .or(JavaClass.Predicates.resideInAPackage(own))
                .as("are in %s or %s", own, List.of(allowed)));
  }

  private static ArchRule noSibling(String module, String... siblings) {
    String[] packages =
        Arrays.stream(siblings).map(s -> "ai.rails." + s + "..").toArray(String[]::new);
    DescribedPredicate<JavaClass> inSibling = JavaClass.Predicates.resideInAnyPackage(packages);
    return noClasses()
        .that()
        .resideInAPackage("ai.rails." + module + "..")
        .should()
        .dependOnClassesThat(inSibling)
        .because("modules meet in topics and over HTTPS, not in classes");
  }

  private static ArchRule nobodyDependsOnApp() {
    return noClasses()
        .that()
        .resideOutsideOfPackages("ai.rails.app..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.rails.app..")
        .because("app is where everything is put together; nothing builds on it");
  }

  private static ArchRule onlyIn(String technology, String... homes) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(homes)
        .should()
        .dependOnClassesThat(
            technology.endsWith("..")
                ? JavaClass.Predicates.resideInAPackage(technology)
                : JavaClass.Predicates.equivalentTo(type(technology)))
        .because("only %s may know %s".formatted(List.of(homes), technology));
  }

  private static Class<?> type(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("%s has moved: name its new place here".formatted(name), e);
    }
  }
}
