package ai.rails.command.gate;

import java.util.Base64;
import java.util.List;
import java.util.Set;

import com.webauthn4j.WebAuthnManager;
import com.webauthn4j.converter.AttestedCredentialDataConverter;
import com.webauthn4j.converter.exception.DataConversionException;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.credential.CredentialRecordImpl;
import com.webauthn4j.data.AuthenticationData;
import com.webauthn4j.data.AuthenticationParameters;
import com.webauthn4j.data.AuthenticationRequest;
import com.webauthn4j.data.PublicKeyCredentialParameters;
import com.webauthn4j.data.PublicKeyCredentialType;
import com.webauthn4j.data.RegistrationData;
import com.webauthn4j.data.RegistrationParameters;
import com.webauthn4j.data.RegistrationRequest;
import com.webauthn4j.data.attestation.authenticator.AttestedCredentialData;
import com.webauthn4j.data.attestation.authenticator.AuthenticatorData;
import com.webauthn4j.data.attestation.authenticator.COSEKey;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.attestation.statement.NoneAttestationStatement;
import com.webauthn4j.data.client.CollectedClientData;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.data.extension.authenticator.AuthenticationExtensionsAuthenticatorOutputs;
import com.webauthn4j.data.extension.client.AuthenticationExtensionsClientOutputs;
import com.webauthn4j.server.ServerProperty;
import com.webauthn4j.verifier.exception.VerificationException;
import org.jspecify.annotations.Nullable;

import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;

/// The two ceremonies of WebAuthn, as webauthn4j checks them: what is parsed here came from a
/// browser. User presence and verification are always demanded; attestation is not asked for, so
/// that no maker's certificate has to be trusted. Thread-safe.
final class Ceremonies {
  /// ES256 and EdDSA: the ones that a verifier needs nothing but a JDK for.
  static final List<Long> ALGORITHMS = List.of(-7L, -8L);

  private static final int P256_KEY_BYTES = 91;
  private static final int ED25519_KEY_BYTES = 44;
  private static final List<PublicKeyCredentialParameters> PARAMETERS =
      ALGORITHMS.stream()
          .map(algorithm ->
              new PublicKeyCredentialParameters(
                  PublicKeyCredentialType.PUBLIC_KEY, COSEAlgorithmIdentifier.create(algorithm)))
          .toList();

  private final RelyingParty party;
  private final ObjectConverter converter = new ObjectConverter();
  private final WebAuthnManager manager = WebAuthnManager.createNonStrictWebAuthnManager(converter);
  private final AttestedCredentialDataConverter credentials =
      new AttestedCredentialDataConverter(converter);

  Ceremonies(RelyingParty party) {
    this.party = party;
  }

  /// A credential that has proved itself.
  ///
  /// @param attested its data as authenticators encode it, for [#counted]
  /// @param publicKey SubjectPublicKeyInfo
  /// @param deviceBound whether the authenticator says that the key can not be copied
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Registered(
      byte[] credential, byte[] attested, byte[] publicKey, long signCount, boolean deviceBound) {}

  /// What a passkey signed, as a browser gives it.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Assertion(
      byte[] credential, byte[] authenticatorData, byte[] clientData, byte[] signature) {}

  /// @throws Refused with SIGNATURE_INVALID
  Registered register(byte[] challenge, byte[] attestationObject, byte[] clientData) {
    try {
      RegistrationData data = manager.parse(new RegistrationRequest(attestationObject, clientData));
      var parameters =
          new RegistrationParameters(
              server(challenge, origin(data.getCollectedClientData())), PARAMETERS, true, true);
      return registered(manager.verify(data, parameters));
    } catch (DataConversionException | VerificationException e) {
      throw invalid(e);
    }
  }

  private Registered registered(RegistrationData data) {
    AuthenticatorData<?> told = present(data.getAttestationObject()).getAuthenticatorData();
    AttestedCredentialData credential = present(told.getAttestedCredentialData());
    COSEKey key = credential.getCOSEKey();
    byte[] spki = present(key.getPublicKey()).getEncoded();
    if (spki.length != P256_KEY_BYTES && spki.length != ED25519_KEY_BYTES) {
      throw new Refused(Code.SIGNATURE_INVALID, "a passkey's key must be P-256 or Ed25519");
    }
    return new Registered(
        credential.getCredentialId(),
        credentials.convert(credential),
        spki,
        told.getSignCount(),
        !told.isFlagBE());
  }

  /// Checks an assertion against a credential.
  ///
  /// @param attested of the credential, as it was registered
  /// @return the authenticator's counter; it only ever grows, or stays zero
  /// @throws Refused with SIGNATURE_INVALID
  long counted(byte[] challenge, byte[] attested, long signCount, Assertion assertion) {
    try {
      AuthenticationData data =
          manager.parse(
              new AuthenticationRequest(
                  assertion.credential(),
                  assertion.authenticatorData(),
                  assertion.clientData(),
                  assertion.signature()));
      var credential =
          new CredentialRecordImpl(
              new NoneAttestationStatement(),
              null,
              null,
              null,
              signCount,
              credentials.convert(attested),
              new AuthenticationExtensionsAuthenticatorOutputs<>(),
              null,
              new AuthenticationExtensionsClientOutputs<>(),
              Set.of());
      var parameters =
          new AuthenticationParameters(
              server(challenge, origin(data.getCollectedClientData())),
              credential,
              List.of(assertion.credential()),
              true,
              true);
      return present(manager.verify(data, parameters).getAuthenticatorData()).getSignCount();
    } catch (DataConversionException | VerificationException e) {
      throw invalid(e);
    }
  }

  /// The origin that the browser saw, if it is one of ours.
  private Origin origin(@Nullable CollectedClientData client) {
    Origin origin = present(client).getOrigin();
    if (!party.admits(origin.toString())) {
      throw new Refused(
          Code.SIGNATURE_INVALID, "passkeys are not used at this origin; open the console");
    }
    return origin;
  }

  private ServerProperty server(byte[] challenge, Origin origin) {
    return new ServerProperty(
        origin,
        party.id(),
        new DefaultChallenge(Base64.getUrlEncoder().withoutPadding().encodeToString(challenge)));
  }

  private static <T> T present(@Nullable T value) {
    if (value == null) {
      throw new Refused(Code.SIGNATURE_INVALID, "the passkey's answer is not complete");
    }
    return value;
  }

  /// Its name says which check failed; its message may hold what was sent.
  private static Refused invalid(RuntimeException e) {
    String check = e.getClass().getSimpleName().replace("Exception", "");
    return new Refused(Code.SIGNATURE_INVALID, "the passkey's answer was refused: " + check);
  }
}
