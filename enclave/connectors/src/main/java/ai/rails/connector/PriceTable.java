package ai.rails.connector;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;

import ai.rails.domain.budget.Money;
import ai.rails.domain.run.Usage;

/// What tokens cost on a day. A cost is stored with the table's version and the raw usage, so that
/// it can be computed again. Immutable.
public final class PriceTable {
  private static final String CURRENT = "/prices/current.txt";
  private static final BigDecimal NANOS_PER_TOKEN = new BigDecimal(1_000);

  private final Listing listing;
  private final Map<String, Price> prices = new HashMap<>();

  private PriceTable(Listing listing) {
    this.listing = listing;
    for (Price each : listing.models()) {
      prices.put(key(each.provider(), each.model()), each);
    }
  }

  /// A model that the table does not know is not called.
  public static final class UnknownModelException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnknownModelException(String provider, String model, String version) {
      super(
          "price table %s has no %s of %s; pin a model that it has, or publish a newer table"
              .formatted(version, model, provider));
    }
  }

  private record Listing(
      @JsonProperty(required = true) String version,
      @JsonProperty(required = true) String currency,
      @JsonProperty(required = true) String source,
      @JsonProperty(required = true) List<Price> models) {}

  /// Prices of a million tokens. Decimal text, so that no binary fraction creeps in.
  ///
  /// @param cacheWrite absent if the vendor does not charge for it apart
  record Price(
      @JsonProperty(required = true) String provider,
      @JsonProperty(required = true) String model,
      @JsonProperty(required = true) BigDecimal input,
      @JsonProperty(required = true) BigDecimal cachedInput,
      Optional<BigDecimal> cacheWrite,
      @JsonProperty(required = true) BigDecimal output) {
    Price {
      if (input.signum() < 0 || cachedInput.signum() < 0 || output.signum() < 0) {
        throw new IllegalArgumentException("prices are not negative: " + model);
      }
    }

    BigDecimal dearestInput() {
      return input.max(cachedInput).max(cacheWrite.orElse(BigDecimal.ZERO));
    }
  }

  /// The table of this build.
  public static PriceTable current() {
    String name = new String(Connectors.resource(CURRENT), StandardCharsets.UTF_8).strip();
    return read(Connectors.resource("/prices/" + name + ".json"));
  }

  static PriceTable read(byte[] json) {
    try {
      return new PriceTable(ManifestJson.MAPPER.readValue(json, Listing.class));
    } catch (IOException e) {
      throw new IllegalArgumentException("not a price table: " + e.getMessage(), e);
    }
  }

  /// The day of the table.
  public String version() {
    return listing.version();
  }

  public String currency() {
    return listing.currency();
  }

  public boolean knows(String provider, String model) {
    return prices.containsKey(key(provider, model));
  }

  /// What a use cost, rounded up to a whole billionth.
  ///
  /// @throws UnknownModelException if the table does not know the model
  public Money cost(String provider, String model, Usage usage) {
    Price price = price(provider, model);
    return money(
        tokens(usage.inputTokens(), price.input())
            .add(tokens(usage.cachedInputTokens(), price.cachedInput()))
            .add(tokens(usage.cacheWriteTokens(), price.cacheWrite().orElse(price.input())))
            .add(tokens(usage.outputTokens(), price.output())));
  }

  /// The most that a request can cost: a token has at least one byte.
  ///
  /// @throws UnknownModelException if the table does not know the model
  public Money worstCase(String provider, String model, long requestBytes, long maxOutputTokens) {
    Price price = price(provider, model);
    return money(
        tokens(requestBytes, price.dearestInput()).add(tokens(maxOutputTokens, price.output())));
  }

  private Price price(String provider, String model) {
    return Optional.ofNullable(prices.get(key(provider, model)))
        .orElseThrow(() -> new UnknownModelException(provider, model, listing.version()));
  }

  private static BigDecimal tokens(long count, BigDecimal pricePerMillion) {
    return new BigDecimal(count).multiply(pricePerMillion).multiply(NANOS_PER_TOKEN);
  }

  private Money money(BigDecimal nanos) {
    return new Money(listing.currency(), nanos.setScale(0, RoundingMode.CEILING).longValueExact());
  }

  private static String key(String provider, String model) {
    return provider + '\n' + model;
  }
}
