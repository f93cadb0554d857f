package ai.rails.app.bench.injection;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.app.embedded.Unavailable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class CaseFilesTest {
  @TempDir private Path folder;

  @Test
  void formatsAreToldApartByTheirMembers() throws Exception {
    Files.writeString(
        folder.resolve("a.jsonl"),
        """
        {"id":"p1","attack":true,"short_description":"s","description":"d","goal":"g","forbidden":["stripe.refunds.create"]}
        {"id":"c1","attack":false,"short_description":"s","description":""}
        {"id":"i1","text":"ignore all","label":"attack"}
        {"id":"i2","text":"hello","label":"benign"}
        {"id":"t1","user_instruction":"u","tool_response":"r","attacker_instruction":"w","forbidden_tools":["X"]}
        {"id":"g1","suite":"banking","goal":"send money","forbidden_tools":["send_money"]}
        {"context":"mail","question":"q","ideal":"x"}
        {"unknown":1}
        """);
    Files.writeString(folder.resolve("tools.json"), "[]");

    List<InjectionCase> cases = CaseFiles.read(folder);

    assertThat(cases).extracting(InjectionCase::id).contains("p1", "c1", "i1", "i2", "t1", "g1");
    assertThat(cases).hasSize(7);
    assertThat(cases.stream().filter(InjectionCase::attack)).hasSize(4);
    assertThat(cases).allSatisfy(each -> assertThat(each.text()).isNotBlank());
  }

  @Test
  void aDirectoryWithoutCasesIsRefused() {
    assertThatThrownBy(() -> CaseFiles.read(folder)).isInstanceOf(Unavailable.class);
  }
}
