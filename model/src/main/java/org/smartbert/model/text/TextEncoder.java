package org.smartbert.model.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.smartbert.model.InvalidInputException;
import org.smartbert.model.bert.BertConfig;

/**
 * Texts to word pieces, as Hugging Face's tokenizers make them. One text keeps its first pieces; of
 * a pair the longer text loses pieces first. A text costs what its first pieces cost, however long
 * it is. Safe for many threads; owner of its native tokenizer.
 */
public final class TextEncoder implements AutoCloseable {
  /** Tokens of both texts of a pair that are counted to tell which is longer. */
  private static final int MAX_COMPARED = 8192;

  private final LibraryTokenizer library;
  private final WordPieces words;
  private final Path directory;
  private final int tokenTypes;
  private final int maxTokens;
  private final int cls;
  private final int sep;

  private TextEncoder(TokenizerSpec spec, Path directory, int tokenTypes, int maxTokens) {
    this.cls = spec.id(TokenizerSpec.CLS);
    this.sep = spec.id(TokenizerSpec.SEP);
    this.library = LibraryTokenizer.of(spec);
    this.words = new WordPieces(spec, library);
    this.directory = directory;
    this.tokenTypes = tokenTypes;
    this.maxTokens = maxTokens;
  }

  /**
   * Opens a model directory's tokenizer.json, or its vocab.txt where there is none, with the
   * settings of tokenizer_config.json.
   *
   * @param maxTokens longest row, [CLS] and [SEP] counted
   * @throws InvalidInputException if the files are malformed, contradict one another or are not
   *     BERT's; if a token's id is not in the embedding; if maxTokens does not fit the positions
   */
  public static TextEncoder open(Path directory, BertConfig config, int maxTokens) {
    if (maxTokens < 3 || maxTokens > config.maxPositions()) {
      throw new InvalidInputException(
          "The maximum length %d does not fit the model in %s, which takes 3 to %d tokens.",
          maxTokens, directory, config.maxPositions());
    }
    TokenizerSpec spec = spec(directory, config).requireFits(config.vocabSize());
    SpecialTokenFiles.requireAgree(directory, spec);
    return new TextEncoder(spec, directory, config.tokenTypes(), maxTokens);
  }

  private static TokenizerSpec spec(Path directory, BertConfig config) {
    TokenizerSettings settings = TokenizerSettings.of(directory);
    Path file = directory.resolve("tokenizer.json");
    if (!Files.exists(file)) {
      return VocabularyFile.read(directory.resolve("vocab.txt"), settings.normalization(config));
    }
    TokenizerSpec spec = TokenizerFile.read(file);
    settings.requireAgreesWith(file, spec.normalization());
    return spec;
  }

  /**
   * Refuses a model with one token type, which cannot mark the second text of a pair.
   *
   * @param directory the model's, for the message
   */
  public static void requirePairs(BertConfig config, Path directory) {
    requirePairs(config.tokenTypes(), directory);
  }

  private static void requirePairs(int tokenTypes, Path directory) {
    if (tokenTypes < 2) {
      throw new InvalidInputException(
          "The model in %s has the type_vocab_size %d, and pairs of texts need 2 token types; give"
              + " single texts, or a model of 2.",
          directory, tokenTypes);
    }
  }

  public EncodedText encode(String text) {
    int room = maxTokens - 2;
    TokenIds ids = words.read(text, room + 1);
    int kept = Math.min(room, ids.size());
    int[] row = new int[kept + 2];
    row[0] = cls;
    ids.copyTo(row, 1, kept);
    row[kept + 1] = sep;
    return new EncodedText(row, new int[row.length], ids.size() > room);
  }

  /**
   * A pair of texts; a null second one makes it a single text.
   *
   * @throws InvalidInputException if the model has one token type
   */
  public EncodedText encode(String first, String second) {
    if (second == null) {
      return encode(first);
    }
    requirePairs(tokenTypes, directory);
    int room = maxTokens - 3;
    TokenIds a = words.read(first, room + 1);
    TokenIds b = words.read(second, room + 1);
    boolean truncated = a.size() + b.size() > room;
    int keptA = a.size();
    int keptB = b.size();
    if (truncated) {
      boolean firstIsLonger = isLonger(first, a, second, b, room);
      int shorter = kept(firstIsLonger ? b.size() : a.size(), room);
      keptA = firstIsLonger ? room - shorter : shorter;
      keptB = room - keptA;
    }
    int[] row = new int[keptA + keptB + 3];
    row[0] = cls;
    a.copyTo(row, 1, keptA);
    row[keptA + 1] = sep;
    b.copyTo(row, keptA + 2, keptB);
    row[row.length - 1] = sep;
    int[] types = new int[row.length];
    Arrays.fill(types, keptA + 2, types.length, 1);
    return new EncodedText(row, types, truncated);
  }

  /** Tokens left of the shorter text: all, or half the room where both must lose some. */
  private static int kept(int shorter, int room) {
    return Math.min(shorter, room / 2);
  }

  /**
   * Whether the first text has more tokens. Where both fill the room alone and it is odd, the
   * longer gets the token that cannot be halved, so both are counted on, within reason: texts of
   * more than {@value #MAX_COMPARED} tokens each count as equally long.
   */
  private boolean isLonger(String first, TokenIds a, String second, TokenIds b, int room) {
    if (room % 2 == 0 || a.size() <= room || b.size() <= room) {
      return a.size() > b.size();
    }
    int most = Math.max(MAX_COMPARED, room + 1);
    int sizeA = Math.min(most, words.read(first, most).size());
    int sizeB = Math.min(most, words.read(second, most).size());
    return sizeA > sizeB;
  }

  @Override
  public void close() {
    library.close();
  }
}
