package org.smartbert.jobs.io.text;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Decodes bytes and replaces none. Not for several threads. */
final class StrictDecoder {
  private final CharsetDecoder decoder;

  StrictDecoder(Charset charset) {
    decoder =
        charset
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  /**
   * A text.
   *
   * @param valid false if some bytes were none of the encoding's; {@code text} shows those as \xNN
   */
  record Decoded(String text, boolean valid) {}

  Decoded decode(byte[] bytes, int length) {
    if (decoder.charset().equals(StandardCharsets.UTF_8) && ascii(bytes, length)) {
      return new Decoded(new String(bytes, 0, length, StandardCharsets.US_ASCII), true);
    }
    try {
      return new Decoded(decoder.decode(ByteBuffer.wrap(bytes, 0, length)).toString(), true);
    } catch (CharacterCodingException e) {
      return new Decoded(shown(ByteBuffer.wrap(bytes, 0, length)), false);
    }
  }

  private static boolean ascii(byte[] bytes, int length) {
    for (int i = 0; i < length; i++) {
      if (bytes[i] < 0) {
        return false;
      }
    }
    return true;
  }

  private String shown(ByteBuffer bytes) {
    StringBuilder text = new StringBuilder();
    CharBuffer decoded = CharBuffer.allocate(bytes.remaining() + 2);
    decoder.reset();
    while (true) {
      CoderResult result = decoder.decode(bytes, decoded, true);
      text.append(decoded.flip());
      decoded.clear();
      if (!result.isError()) {
        return text.toString();
      }
      for (int i = 0; i < result.length() && bytes.hasRemaining(); i++) {
        text.append(String.format("\\x%02X", bytes.get()));
      }
    }
  }
}
