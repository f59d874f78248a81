  # Inference over packed rows. A method here is one native call of the adaptive engine.
  #
  # x: the states of T tokens, [T, H]; in int8 two tensors, the states and their steps of `scale`, which
  # gate, layer and classifier take in. lengths: tokens of each row [B], int64. groups: for each
  # attention group in turn the number of rows, tokens, the longest row and how wide it is padded; a
  # group's rows lie side by side. scale is 0 where there are no steps. Behind the rows' tokens x may repeat its first token:
  # oneDNN compiles each product anew for each number of tokens, so there are few.

  def with_steps(self, x: Tensor, scale: float) -> List[Tensor]:
    if scale == 0.0:
      return [x]
    return [x, self.steps(x, scale)]

  def embed(self, ids: Tensor, types: Tensor, lengths: Tensor, w: Dict[str, Tensor], types_at: int, positions_at: int, eps: float, dtype: int, scale: float) -> List[Tensor]:
    """X^0. The tables of words, types and positions are one, types and positions from the given rows on."""
    first = torch.cumsum(lengths, 0) - lengths
    count = torch.size(ids, 0)
    real = int(torch.sum(lengths))
    # The first token's repetitions are rows of one token here, and so stand at its position.
    first = torch.cat([first, torch.arange(real, count, device=ids.device)], 0)
    lengths = torch.cat([lengths, torch.ones([count - real], dtype=INT64, device=ids.device)], 0)
    positions = torch.arange(count, device=ids.device) - torch.repeat_interleave(first, lengths)
    # One sum of three rows of one table, where adding three look-ups would pass over memory five times.
    tables = torch.stack([ids, types + types_at, positions + positions_at], 1)
    each = torch.arange(0, 3 * count, 3, device=ids.device)
    x = torch.embedding_bag(w["bert.embeddings.tables"], torch.flatten(tables), each)[0]
    return self.with_steps(self.layer_norm(x, w, "bert.embeddings.LayerNorm", eps).to(dtype), scale)

  def assemble(self, parts: List[Tensor], tokens: List[Tensor], count: int) -> List[Tensor]:
    """The given tokens of each part, end to end, then the first of all up to `count`. With steps, each part is two
    tensors."""
    kinds = len(parts) // len(tokens)
    if kinds == 1:
      return [self.assemble_kind(parts, tokens, count, 0, 1)]
    return [self.assemble_kind(parts, tokens, count, 0, 2), self.assemble_kind(parts, tokens, count, 1, 2)]

  def assemble_kind(self, parts: List[Tensor], tokens: List[Tensor], count: int, kind: int, kinds: int) -> Tensor:
    like = parts[kind]
    x = torch.empty([count, torch.size(like, 1)], dtype=like.dtype, device=like.device)
    first = 0
    for i in range(len(tokens)):
      # index_select straight into its place would be twenty times slower.
      part = torch.index_select(parts[kinds * i + kind], 0, tokens[i])
      torch.copy_(torch.narrow(x, 0, first, torch.size(part, 0)), part)
      first = first + torch.size(part, 0)
    torch.copy_(torch.narrow(x, 0, first, count - first), torch.narrow(x, 0, 0, 1))
    return x

  def select(self, x: List[Tensor], tokens: Tensor) -> List[Tensor]:
    """Some tokens; all where none are given."""
    if torch.size(tokens, 0) == 0:
      return x
    return [torch.index_select(kind, 0, tokens) for kind in x]

  def skip_probability(self, x: List[Tensor], lengths: Tensor, w: Dict[str, Tensor], heads: int) -> Tensor:
    return self.gate(x[-1], self.layout(lengths), w, "", heads, 0.0).to(FLOAT32)

  def decide(self, x: List[Tensor], lengths: Tensor, w: Dict[str, Tensor], heads: int) -> Tensor:
    """z^i and its entropy in nats: C logits, C probabilities and the entropy of each row [B, 2C + 1]."""
    seen = x[-1] if "projection.weight" in w else x[0]
    logits = self.classifier(seen, self.layout(lengths), w, "", heads, 0.0).to(FLOAT32)
    log_p = torch.log_softmax(logits, -1)
    p = torch.exp(log_p)
    return torch.cat([logits, p, torch.neg(torch.sum(p * log_p, [-1], True))], 1)

  def attend(self, qkv: Tensor, b: int, m: int, n: int, heads: int, mask: Tensor) -> Tensor:
    """Self-attention of b rows of m tokens: [b*m, 3H] -> [b*m, H]; mask [b or 1, 1, 1, m]. In bfloat16 on processors
    rows are padded to n tokens, and to a number of rows that oneDNN need not compile anew."""
    d = torch.size(qkv, 1) // 3
    rectangle = qkv.view([b, m, 3, heads, d // heads]).permute([2, 0, 3, 1, 4])  # [3, b, heads, m, d / heads]
    if qkv.dtype == BFLOAT16 and not qkv.is_cuda:
      c = (b + 7) // 8 * 8
      if n > m or c > b:
        rectangle = torch.constant_pad_nd(rectangle, [0, 0, 0, n - m, 0, 0, 0, c - b])  # [3, c, heads, n, d / heads]
        mask = torch.constant_pad_nd(mask, [0, n - m], -inf)  # [b or 1, 1, 1, n]
      q, k, v = torch.unbind(rectangle.contiguous().view([3, c * heads, n, d // heads]), 0)  # [c * heads, n, d / heads] each
      of_heads = mask.view([-1, n, 1])
      if torch.size(mask, 0) > 1:
        of_heads = mask.expand([c, heads, 1, n]).reshape([c * heads, n, 1])
      # A score's key is its row here, its query its column: softmax takes whole vectors of queries,
      # and half as long as where each query is a short row.
      scores = torch.baddbmm(of_heads, k, q.transpose(1, 2), beta=1.0, alpha=1.0 / torch.sqrt(d // heads))  # [c * heads, n keys, n queries]
      context = torch.bmm(torch.softmax(scores, 1).transpose(1, 2), v).view([c, heads, n, -1])  # [c, heads, n, d / heads]
      context = torch.narrow(torch.narrow(context, 0, 0, b), 2, 0, m)
    else:
      q, k, v = torch.unbind(rectangle, 0)  # [b, heads, m, d / heads] each
      context = torch.scaled_dot_product_attention(q, k, v, mask)
    return context.transpose(1, 2).reshape([b * m, d])

  def attend_group(self, qkv: Tensor, lengths: Tensor, first: int, b: int, tokens: int, m: int, n: int, heads: int) -> Tensor:
    """Self-attention of the `tokens` tokens from `first` on, of b rows of at most m tokens, padded to n: the group's
    qkv [tokens, 3H] -> [tokens, H]."""
    part = torch.narrow(qkv, 0, first, tokens)  # [tokens, 3H]
    if tokens == b * m:
      none = torch.zeros([1, 1, 1, m], dtype=qkv.dtype, device=qkv.device)
      return self.attend(part, b, m, n, heads, none)
    if qkv.dtype == BFLOAT16 and not qkv.is_cuda:
      # Gathered at once into a rectangle of its final size; the rows behind the last are empty.
      lengths = torch.constant_pad_nd(lengths, [0, (b + 7) // 8 * 8 - b])
    c = torch.size(lengths, 0)
    position = torch.arange(n, device=qkv.device).unsqueeze(0)
    real = position < lengths.unsqueeze(1)  # [c, n]
    start = torch.cumsum(lengths, 0) - lengths  # [c]
    token = torch.where(real, start.unsqueeze(1) + position, torch.zeros_like(position))  # [c, n]
    hidden = torch.logical_and(torch.logical_not(real), (lengths > 0).unsqueeze(1))
    mask = torch.zeros([c, n], dtype=qkv.dtype, device=qkv.device).masked_fill(hidden, -inf)
    padded = self.attend(torch.embedding(part, torch.flatten(token)), c, n, n, heads, mask.view([c, 1, 1, n]))  # [c * n, H]
    return torch.embedding(padded, torch.flatten(torch.nonzero(torch.flatten(real))))

  def layer(self, x: List[Tensor], lengths: Tensor, groups: List[int], w: Dict[str, Tensor], heads: int, eps: float, scale: float) -> List[Tensor]:
    a = self.attend_groups(self.linear(x[-1], w, "attention.self.qkv"), lengths, groups, heads)
    return self.with_steps(self.feed_forward(a, x[0], w, "", eps, 0.0), scale)

  def attend_groups(self, qkv: Tensor, lengths: Tensor, groups: List[int], heads: int) -> Tensor:
    if len(groups) == 4 and groups[1] == torch.size(qkv, 0):
      return self.attend_group(qkv, lengths, 0, groups[0], groups[1], groups[2], groups[3], heads)
    row = 0
    first = 0
    a = torch.empty([torch.size(qkv, 0), torch.size(qkv, 1) // 3], dtype=qkv.dtype, device=qkv.device)
    for g in range(len(groups) // 4):
      b = groups[4 * g]
      tokens = groups[4 * g + 1]
      of_group = torch.narrow(lengths, 0, row, b)
      part = self.attend_group(qkv, of_group, first, b, tokens, groups[4 * g + 2], groups[4 * g + 3], heads)
      torch.copy_(torch.narrow(a, 0, first, tokens), part)
      row = row + b
      first = first + tokens
    torch.copy_(torch.narrow(a, 0, first, torch.size(a, 0) - first), torch.narrow(a, 0, 0, 1))
    return a

  def layer_only(self, x: List[Tensor], tokens: Tensor, lengths: Tensor, groups: List[int], w: Dict[str, Tensor], heads: int, eps: float, scale: float) -> List[Tensor]:
    return self.layer(self.select(x, tokens), lengths, groups, w, heads, eps, scale)

  def layer_and_decide(self, x: List[Tensor], tokens: Tensor, lengths: Tensor, groups: List[int], w: Dict[str, Tensor], heads: int, eps: float, scale: float, c: Dict[str, Tensor], classifier_heads: int) -> List[Tensor]:
    """The decisions first, then the states."""
    y = self.layer(self.select(x, tokens), lengths, groups, w, heads, eps, scale)
    return [self.decide(y, lengths, c, classifier_heads)] + y

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
    steps = torch.round(weight / scale.unsqueeze(1)).to(INT8)
    return [ops.onednn.qlinear_prepack(steps, None), scale, torch.zeros_like(scale, dtype=INT32)]

  def sample(self, width: int) -> Tensor:
    """A few rows to compare kernels with: [40, width], between -1 and 1."""
    return torch.cos(torch.arange(0, 40 * width, dtype=FLOAT32)).view([40, width])

  def packed_error(self, packed: Tensor, weight: Tensor) -> Tensor:
    """The largest difference between oneDNN's product with a packed weight and libtorch's, as a share of the
    largest value."""
    x = self.sample(torch.size(weight, 1)).to(weight.dtype)
    none = torch.zeros([torch.size(weight, 0)], dtype=weight.dtype)
    actual = ops.mkldnn._linear_pointwise(x, packed, none, "none", [], "").to(FLOAT32)
    return self.relative_error(actual, torch.linear(x.to(FLOAT32), weight.to(FLOAT32)))

  def packed_int8_error(self, packed: Tensor, scale: Tensor, zero: Tensor, weight: Tensor) -> Tensor:
    """The same for int8. Inputs are small, so that sums of 16 bits do not saturate on processors without VNNI."""
    steps = torch.round(self.sample(torch.size(weight, 1)) * 30.0 + 30.0)
    none = torch.zeros([torch.size(weight, 0)], dtype=FLOAT32)
    actual = ops.onednn.qlinear_pointwise(
      steps.to(UINT8), 1.0, 0, packed, scale, zero, none, 1.0, 0, FLOAT32, "none", [], "none")
    rounded = torch.round(weight / scale.unsqueeze(1)) * scale.unsqueeze(1)
    return self.relative_error(actual, torch.linear(steps, rounded))

  def relative_error(self, actual: Tensor, expected: Tensor) -> Tensor:
    return torch.max(torch.abs(actual - expected)) / torch.clamp(torch.max(torch.abs(expected)), 1e-30)

  def products(self, x: Tensor, w: Dict[str, Tensor]) -> Tensor:
    """Each kind of large product once, in the order of a layer and a classifier: whether this processor has them."""
    y = self.linear_add(self.linear(x, w, "p"), x, w, "p", 0.0)
    z = self.linear_add(self.linear_gelu(y, w, "p"), y, w, "p", 0.0)
    return self.linear_tanh(z, w, "p")
