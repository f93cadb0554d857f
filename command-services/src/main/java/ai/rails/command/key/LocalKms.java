package ai.rails.command.key;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import com.google.crypto.tink.Aead;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.subtle.AesGcmJce;
import com.google.crypto.tink.subtle.Random;

import ai.rails.domain.ledger.Sha256;

/// Tenants' keys in files, for an installation without a key management service.
///
/// `kms/master.key` (32 bytes, readable by its owner only) encrypts one AES-256-GCM keyset a
/// tenant, `kms/<tenant>.keyset`, bound to the tenant's name. Losing the directory loses all
/// content. Safe for use by several threads.
public final class LocalKms implements Kms {
  private static final int MASTER_BYTES = 32;
  private static final int ID_DIGITS = 32;
  private static final Pattern TENANT = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
  private static final Set<PosixFilePermission> OWNER_FILE =
      PosixFilePermissions.fromString("rw-------");
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  private final Path directory;
  private final AesGcmJce master;
  private final ConcurrentHashMap<String, Aead> open = new ConcurrentHashMap<>();

  private LocalKms(Path directory, AesGcmJce master) {
    this.directory = directory;
    this.master = master;
  }

  /// Opens the keys under a data directory; the first time it makes the master key.
  ///
  /// @throws GeneralSecurityException if others may read the master key, or it is no key
  public static LocalKms open(Path data) throws IOException, GeneralSecurityException {
    AeadConfig.register();
    Path directory = data.resolve("kms");
    if (Files.notExists(directory)) {
      Files.createDirectories(data);
      Files.createDirectory(directory, OWNER_DIRECTORY);
    }
    Path file = directory.resolve("master.key");
    if (Files.notExists(file)) {
      store(file, Random.randBytes(MASTER_BYTES));
    }
    if (!Files.getPosixFilePermissions(file).equals(OWNER_FILE)) {
      throw new GeneralSecurityException(
          "%s must have mode 0600; take the key as known and rotate it".formatted(file));
    }
    return new LocalKms(directory, new AesGcmJce(Files.readAllBytes(file)));
  }

  @Override
  public void create(String tenant) throws GeneralSecurityException {
    Path file = file(tenant);
    if (Files.exists(file)) {
      return;
    }
    if (Files.exists(mark(tenant))) {
      throw new GeneralSecurityException("the tenant's key was destroyed; it gets no other one");
    }
    KeysetHandle made =
        KeysetHandle.generateNew(PredefinedAeadParameters.AES256_GCM, RegistryConfiguration.get());
    byte[] encrypted =
        TinkProtoKeysetFormat.serializeEncryptedKeyset(
            made, master, binding(tenant), RegistryConfiguration.get());
    try {
      store(file, encrypted);
    } catch (FileAlreadyExistsException e) {
      return;
    } catch (IOException e) {
      throw new GeneralSecurityException("the tenant's key could not be stored", e);
    }
  }

  @Override
  public Optional<String> id(String tenant) throws GeneralSecurityException {
    Path file = file(tenant);
    try {
      return Files.exists(file)
          ? Optional.of("local:" + Sha256.hex(Files.readAllBytes(file)).substring(0, ID_DIGITS))
          : Optional.empty();
    } catch (IOException e) {
      throw new GeneralSecurityException("the tenant's key could not be read", e);
    }
  }

  /// The mark comes first, so that a key can not be made anew while one is destroyed. The file is
  /// overwritten, which a disk may do elsewhere: what is left there is encrypted under the master.
  @Override
  public void destroy(String tenant) throws GeneralSecurityException {
    Path file = file(tenant);
    open.remove(tenant);
    try {
      if (Files.notExists(mark(tenant))) {
        store(mark(tenant), new byte[0]);
      }
      if (Files.exists(file)) {
        Files.write(file, new byte[(int) Files.size(file)], StandardOpenOption.SYNC);
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new GeneralSecurityException("the tenant's key could not be destroyed", e);
    }
    open.remove(tenant);
  }

  private Path mark(String tenant) throws GeneralSecurityException {
    return file(tenant).resolveSibling(tenant + ".destroyed");
  }

  @Override
  public byte[] wrap(String tenant, byte[] key, String associatedData)
      throws GeneralSecurityException {
    return keyOf(tenant).encrypt(key, associatedData.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public byte[] unwrap(String tenant, byte[] wrapped, String associatedData)
      throws GeneralSecurityException {
    return keyOf(tenant).decrypt(wrapped, associatedData.getBytes(StandardCharsets.UTF_8));
  }

  private Aead keyOf(String tenant) throws GeneralSecurityException {
    Aead known = open.get(tenant);
    if (known != null) {
      return known;
    }
    Path file = file(tenant);
    if (Files.notExists(file)) {
      throw new GeneralSecurityException("the tenant has no key");
    }
    try {
      Aead read =
          TinkProtoKeysetFormat.parseEncryptedKeyset(
                  Files.readAllBytes(file), master, binding(tenant), RegistryConfiguration.get())
              .getPrimitive(RegistryConfiguration.get(), Aead.class);
      open.put(tenant, read);
      return read;
    } catch (IOException e) {
      throw new GeneralSecurityException("the tenant's key could not be read", e);
    }
  }

  /// Written aside and then moved, so that there is never half a key.
  private static void store(Path file, byte[] bytes) throws IOException {
    Path aside = Files.createTempFile(file.getParent(), "new", ".key");
    try {
      Files.setPosixFilePermissions(aside, OWNER_FILE);
      Files.write(aside, bytes);
      Files.createLink(file, aside);
    } catch (UnsupportedOperationException e) {
      Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(aside);
    }
  }

  private Path file(String tenant) throws GeneralSecurityException {
    if (!TENANT.matcher(tenant).matches()) {
      throw new GeneralSecurityException("no tenant's name");
    }
    return directory.resolve(tenant + ".keyset");
  }

  private static byte[] binding(String tenant) {
    return ("airails|1|kek|" + tenant).getBytes(StandardCharsets.UTF_8);
  }
}
