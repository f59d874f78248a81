  # Inference over packed rows. A method here is one native call of the adaptive engine.
  #
  # lengths: tokens of each row [B], int64. groups: for each attention group in turn the number of
  # rows, tokens and the longest row; a group's rows lie side by side.

  def embed(self, ids: Tensor, types: Tensor, lengths: Tensor, w: Dict[str, Tensor], eps: float, dtype: int) -> Tensor:
    rows = [lengths, torch.cumsum(lengths, 0) - lengths]
    return self.embeddings(ids, types, rows, w, eps, 0.0).to(dtype)

  def assemble(self, parts: List[Tensor], tokens: List[Tensor], count: int) -> Tensor:
    """The given tokens of each part, end to end, `count` in all; all of a part where none are given."""
    x = torch.empty([count, torch.size(parts[0], 1)], dtype=parts[0].dtype, device=parts[0].device)
    first = 0
    for i in range(len(parts)):
      n = torch.size(tokens[i], 0)
      if n == 0:
        n = torch.size(parts[i], 0)
        torch.copy_(torch.narrow(x, 0, first, n), parts[i])
      else:
        torch.index_select(parts[i], 0, tokens[i], out=torch.narrow(x, 0, first, n))
      first = first + n
    return x

  def select(self, x: Tensor, tokens: Tensor) -> Tensor:
    if torch.size(tokens, 0) == 0:
      return x
    return torch.index_select(x, 0, tokens)

  def skip_probability(self, x: Tensor, lengths: Tensor, w: Dict[str, Tensor], heads: int) -> Tensor:
    return self.gate(x, self.layout(lengths), w, "", heads, 0.0).to(6)

  def decide(self, x: Tensor, lengths: Tensor, w: Dict[str, Tensor], heads: int) -> Tensor:
    """z^i and its entropy in nats: C logits, C probabilities and the entropy of each row [B, 2C + 1]."""
    logits = self.classifier(x, self.layout(lengths), w, "", heads, 0.0).to(6)
    log_p = torch.log_softmax(logits, -1)
    p = torch.exp(log_p)
    return torch.cat([logits, p, torch.neg(torch.sum(p * log_p, [-1], True))], 1)

  def attend(self, qkv: Tensor, b: int, m: int, heads: int, mask: Optional[Tensor]) -> Tensor:
    """Self-attention of b rows of m tokens: [b*m, 3H] -> [b*m, H]; mask [b, 1, 1, m]."""
    d = torch.size(qkv, 1) // 3
    rectangle = qkv.view([b, m, 3, heads, d // heads]).permute([2, 0, 3, 1, 4])
    if qkv.dtype == 15 and m > 24:
      # oneDNN's bfloat16 products of a contiguous copy overtake the fused kernel there.
      q, k, v = torch.unbind(rectangle.contiguous().view([3, b * heads, m, d // heads]), 0)
      scores = (torch.bmm(q, k.transpose(1, 2)) / torch.sqrt(d // heads)).view([b, heads, m, m])
      if mask is not None:
        scores = scores + mask
      context = torch.bmm(torch.softmax(scores, -1).view([b * heads, m, m]), v).view([b, heads, m, -1])
    else:
      q, k, v = torch.unbind(rectangle, 0)
      context = torch.scaled_dot_product_attention(q, k, v, mask)
    return context.transpose(1, 2).reshape([b * m, d])

  def attend_group(self, qkv: Tensor, lengths: Tensor, first: int, b: int, tokens: int, m: int, heads: int) -> Tensor:
    part = torch.narrow(qkv, 0, first, tokens)
    if tokens == b * m:
      return self.attend(part, b, m, heads, None)
    rows = self.layout(lengths)
    mask = rows[4].to(qkv.dtype).view([b, 1, 1, m])
    padded = self.attend(torch.embedding(part, rows[2]), b, m, heads, mask)
    return torch.embedding(padded, rows[3])

  def layer(self, x: Tensor, lengths: Tensor, groups: List[int], w: Dict[str, Tensor], heads: int, eps: float) -> Tensor:
    qkv = self.linear(x, w, "attention.self.qkv")
    if len(groups) == 3:
      a = self.attend_group(qkv, lengths, 0, groups[0], groups[1], groups[2], heads)
      return self.feed_forward(a, x, w, "", eps, 0.0)
    row = 0
    first = 0
    a = torch.empty([torch.size(x, 0), torch.size(qkv, 1) // 3], dtype=qkv.dtype, device=x.device)
    for g in range(len(groups) // 3):
      b = groups[3 * g]
      tokens = groups[3 * g + 1]
      of_group = torch.narrow(lengths, 0, row, b)
      part = self.attend_group(qkv, of_group, first, b, tokens, groups[3 * g + 2], heads)
      torch.copy_(torch.narrow(a, 0, first, tokens), part)
      row = row + b
      first = first + tokens
    return self.feed_forward(a, x, w, "", eps, 0.0)

  def layer_and_decide(self, x: Tensor, tokens: Tensor, lengths: Tensor, groups: List[int], w: Dict[str, Tensor], heads: int, eps: float, c: Dict[str, Tensor], classifier_heads: int) -> List[Tensor]:
    y = self.layer(self.select(x, tokens), lengths, groups, w, heads, eps)
    return [y, self.decide(y, lengths, c, classifier_heads)]

  def layer_only(self, x: Tensor, tokens: Tensor, lengths: Tensor, groups: List[int], w: Dict[str, Tensor], heads: int, eps: float) -> List[Tensor]:
    return [self.layer(self.select(x, tokens), lengths, groups, w, heads, eps)]

  # Weights, once.

  def cast(self, x: Tensor, dtype: int) -> Tensor:
    return x.to(dtype)

  def copy(self, x: Tensor) -> Tensor:
    return x.clone()

  def pack(self, weight: Tensor) -> Tensor:
    """A linear's weight in oneDNN's own layout."""
    return ops.mkldnn._reorder_linear_weight(weight, None)

  def pack_int8(self, weight: Tensor) -> List[Tensor]:
    """[out, in] -> the weight in steps of one scale an output, packed; the scales; their zeros."""
    scale = torch.clamp(torch.amax(torch.abs(weight), [1]) / 127.0, 1e-30)
    steps = torch.round(weight / scale.unsqueeze(1)).to(1)
    return [ops.onednn.qlinear_prepack(steps, None), scale, torch.zeros_like(scale, dtype=3)]
