package ai.rails.simulator;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.util.HexFormat;

import ai.rails.attestation.format.Bytes;

/// Signs TD reports as quotes of version 4. Safe from any thread.
final class QuotingEnclave {
  private static final int SIGNED_BYTES = 632;
  private static final int QE_REPORT_BYTES = 384;
  private static final int FIXED_CERTIFICATION_BYTES = 456;
  private static final String VENDOR = "939a7233f79c4ca9940a0db3957f0607";
  private static final Bytes AUTHENTICATION = authentication();

  private final Platform platform;
  private final KeyPair attestationKey;

  QuotingEnclave(Platform platform, SecureRandom random) {
    this.platform = platform;
    this.attestationKey = Authority.keyPair(random);
  }

  Bytes quote(Td td, Bytes reportData) {
    Bytes signed = signed(td, reportData);
    Bytes key = Signing.point((ECPublicKey) attestationKey.getPublic());
    Bytes report = report(key);
    Bytes chain = platform.chain();
    int certification = FIXED_CERTIFICATION_BYTES + AUTHENTICATION.length() + chain.length();
    byte[] content = new byte[SIGNED_BYTES + 4 + 134 + certification];
    ByteBuffer quote = over(content);
    quote.put(signed.toArray());
    quote.putInt(134 + certification);
    quote.put(Signing.sign(attestationKey.getPrivate(), signed).toArray());
    quote.put(key.toArray());
    quote.putShort((short) 6).putInt(certification);
    quote.put(report.toArray());
    quote.put(Signing.sign(platform.key(), report).toArray());
    quote.putShort((short) AUTHENTICATION.length()).put(AUTHENTICATION.toArray());
    quote.putShort((short) 5).putInt(chain.length());
    quote.put(chain.toArray());
    return Bytes.copyOf(content);
  }

  private static Bytes signed(Td td, Bytes reportData) {
    byte[] content = new byte[SIGNED_BYTES];
    ByteBuffer quote = over(content);
    quote.putShort((short) 4).putShort((short) 2).putInt(0x81).putInt(0);
    quote.put(HexFormat.of().parseHex(VENDOR)).put(new byte[20]);
    quote.put(td.teeTcbSvn().toArray());
    quote.put(new byte[48 + 48 + 8]);
    quote.put(td.attributes().toArray());
    quote.put(new byte[] {(byte) 0xE7, 0, 6, 0, 0, 0, 0, 0});
    quote.put(td.mrTd().toArray());
    quote.put(td.mrConfigId().toArray());
    quote.put(new byte[48 + 48]);
    td.rtMr().forEach(register -> quote.put(register.toArray()));
    quote.put(reportData.toArray());
    return Bytes.copyOf(content);
  }

  private static Bytes report(Bytes key) {
    byte[] content = new byte[QE_REPORT_BYTES];
    ByteBuffer report = over(content);
    report.position(48).put(HexFormat.of().parseHex(DevelopmentIntel.QE_FLAGS));
    report.position(128).put(HexFormat.of().parseHex(DevelopmentIntel.MR_SIGNER));
    report.position(256).putShort((short) 2).putShort((short) 8);
    report.position(320).put(key.concat(AUTHENTICATION).sha256().toArray());
    return Bytes.copyOf(content);
  }

  private static ByteBuffer over(byte[] content) {
    return ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static Bytes authentication() {
    byte[] bytes = new byte[32];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    return Bytes.copyOf(bytes);
  }
}
