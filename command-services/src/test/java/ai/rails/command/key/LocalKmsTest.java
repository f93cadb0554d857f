package ai.rails.command.key;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LocalKmsTest {
  private static final byte[] KEY = {1, 2, 3};

  @TempDir private Path data;

  @Test
  void wrappedKeyOpensForItsTenantAndPlaceOnlyAlsoAfterARestart() throws Exception {
    LocalKms kms = LocalKms.open(data);
    kms.create("t1");
    kms.create("t2");
    byte[] wrapped = kms.wrap("t1", KEY, "place");

    assertThat(LocalKms.open(data).unwrap("t1", wrapped, "place")).isEqualTo(KEY);
    assertThatThrownBy(() -> kms.unwrap("t2", wrapped, "place"))
        .isInstanceOf(GeneralSecurityException.class);
    assertThatThrownBy(() -> kms.unwrap("t1", wrapped, "elsewhere"))
        .isInstanceOf(GeneralSecurityException.class);
    wrapped[wrapped.length - 1] ^= 1;
    assertThatThrownBy(() -> kms.unwrap("t1", wrapped, "place"))
        .isInstanceOf(GeneralSecurityException.class);
  }

  @Test
  void filesAreTheirOwnersOnlyAndBoundToTheTenant() throws Exception {
    LocalKms kms = LocalKms.open(data);
    kms.create("t1");
    assertThat(Files.getPosixFilePermissions(data.resolve("kms/master.key")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(Files.getPosixFilePermissions(data.resolve("kms/t1.keyset")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));

    Files.copy(data.resolve("kms/t1.keyset"), data.resolve("kms/t2.keyset"));
    assertThatThrownBy(() -> kms.wrap("t2", KEY, "place"))
        .isInstanceOf(GeneralSecurityException.class);
  }

  @Test
  void readableMasterKeyIsRefused() throws Exception {
    LocalKms kms = LocalKms.open(data);
    kms.create("t1");
    Files.setPosixFilePermissions(
        data.resolve("kms/master.key"), PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> LocalKms.open(data)).hasMessageContaining("0600");
  }

  @Test
  void unknownTenantAndPathsGetNothing() throws Exception {
    LocalKms kms = LocalKms.open(data);
    assertThatThrownBy(() -> kms.wrap("t1", KEY, "x")).isInstanceOf(GeneralSecurityException.class);
    assertThatThrownBy(() -> kms.create("../t1")).isInstanceOf(GeneralSecurityException.class);
  }
}
