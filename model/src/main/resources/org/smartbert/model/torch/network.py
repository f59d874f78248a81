  # BERT with a skipping gate and an exit classifier in each layer, as TorchScript.
  #
  # Rows are packed: the real tokens of all rows of a batch lie end to end in one [T, H] matrix, so
  # that linears, norms and activations never see padding. Only attention looks at a [B, M] rectangle
  # (M: the longest row), whose empty slots are masked.
  #
  # B rows, T tokens of all rows, H hidden size, A head size, C classes.
  # rows: what layout() returns. w: weights by name; a name means `name.weight` and `name.bias`.
  # Types of tensors are named as in TorchArchive, which puts libtorch's numbers in their place.

  def layout(self, lengths: Tensor) -> Dict[str, Tensor]:
    """From the row lengths [B]: lengths [B]; first, the token index of each row's [CLS] [B]; token_of_slot, for each
    slot of the rectangle [B*M]; slot_of_token [T]; mask, which attention adds [B, M]."""
    position = torch.arange(int(torch.max(lengths)), device=lengths.device).unsqueeze(0)
    real = position < lengths.unsqueeze(1)
    first = torch.cumsum(lengths, 0) - lengths
    token_of_slot = torch.flatten(torch.where(real, first.unsqueeze(1) + position, torch.zeros_like(position)))
    slot_of_token = torch.flatten(torch.nonzero(torch.flatten(real)))
    mask = torch.zeros(real.size(), dtype=FLOAT32, device=lengths.device).masked_fill(torch.logical_not(real), -inf)
    return {"lengths": lengths, "first": first, "token_of_slot": token_of_slot, "slot_of_token": slot_of_token, "mask": mask}

  def to_rectangle(self, x: Tensor, rows: Dict[str, Tensor]) -> Tensor:
    """[T, D] -> [B, M, D]. Empty slots repeat the first token; their reader masks them."""
    if torch.size(rows["token_of_slot"], 0) != torch.size(x, 0):
      # An embedding look-up, because its gradient is a plain sum of rows and fast.
      x = torch.embedding(x, rows["token_of_slot"])
    return x.view([torch.size(rows["lengths"], 0), -1, torch.size(x, 1)])

  def to_tokens(self, x: Tensor, rows: Dict[str, Tensor]) -> Tensor:
    """[B, M, D] -> [T, D]."""
    y = x.reshape([-1, torch.size(x, 2)])
    if torch.size(rows["slot_of_token"], 0) != torch.size(y, 0):
      y = torch.embedding(y, rows["slot_of_token"])
    return y

  # A weight says how its product is computed: int8 (oneDNN, with the scale and the range of inputs
  # that calibration found beside it), packed for oneDNN, or plain.

  def quantise(self, x: Tensor, w: Dict[str, Tensor], name: str) -> Tensor:
    """x in steps of the input scale around 128, uint8; x itself where it is quantised already."""
    if x.dtype == UINT8:
      return x
    return self.steps(x, float(w[name + ".input_scale"]))

  def steps(self, x: Tensor, scale: float) -> Tensor:
    return torch.int_repr(torch.quantize_per_tensor(x.to(FLOAT32), scale, 128, QUINT8))

  def observe(self, x: Tensor, w: Dict[str, Tensor], name: str):
    """While calibrating, keeps the largest absolute input that a linear has seen."""
    if (name + ".observed") in w:
      seen = w[name + ".observed"]
      torch.copy_(seen, torch.maximum(seen, torch.amax(torch.abs(x.to(FLOAT32)))))

  def linear_int8(self, x: Tensor, w: Dict[str, Tensor], name: str, activation: str) -> Tensor:
    """bfloat16 result."""
    return ops.onednn.qlinear_pointwise(
      self.quantise(x, w, name), float(w[name + ".input_scale"]), 128,
      w[name + ".weight"], w[name + ".weight_scale"], w[name + ".weight_zero"], w[name + ".bias"],
      1.0, 0, BFLOAT16, activation, [], "none")

  def plain_linear(self, x: Tensor, w: Dict[str, Tensor], name: str) -> Tensor:
    """Of a plain weight. Where it is marked, the product and those of its gradient are oneDNN's."""
    if (name + ".onednn") in w:
      return torch.mkldnn_linear(x.to_mkldnn(), w[name + ".weight"], w[name + ".bias"]).to_dense()
    return torch.linear(x, w[name + ".weight"], w[name + ".bias"])

  def linear(self, x: Tensor, w: Dict[str, Tensor], name: str) -> Tensor:
    self.observe(x, w, name)
    weight = w[name + ".weight"]
    if weight.dtype == INT8:
      return self.linear_int8(x, w, name, "none")
    if weight.is_mkldnn:
      return ops.mkldnn._linear_pointwise(x, weight, w[name + ".bias"], "none", [], "")
    return self.plain_linear(x, w, name)

  def linear_tanh(self, x: Tensor, w: Dict[str, Tensor], name: str) -> Tensor:
    self.observe(x, w, name)
    weight = w[name + ".weight"]
    if weight.dtype == INT8:
      return self.linear_int8(x, w, name, "tanh")
    if weight.is_mkldnn:
      return ops.mkldnn._linear_pointwise(x, weight, w[name + ".bias"], "tanh", [], "")
    return torch.tanh(self.plain_linear(x, w, name))

  def linear_add(self, x: Tensor, residual: Tensor, w: Dict[str, Tensor], name: str, dropout: float) -> Tensor:
    self.observe(x, w, name)
    weight = w[name + ".weight"]
    if weight.dtype == INT8:
      scale = float(w[name + ".input_scale"])
      zero = 128
      if x.dtype == UINT8:
        zero = self.gelu_zero(scale)
      return ops.onednn.qlinear_pointwise(
        self.quantise(x, w, name), scale, zero,
        weight, w[name + ".weight_scale"], w[name + ".weight_zero"], residual, w[name + ".bias"],
        1.0, 0, FLOAT32, 1.0, 0, "add", 1.0, "none", [], "")
    if weight.is_mkldnn:
      return ops.mkldnn._linear_pointwise(x, residual, weight, w[name + ".bias"], "add")
    return residual + torch.dropout(self.plain_linear(x, w, name), dropout, dropout > 0.0)

  def gelu_zero(self, scale: float) -> int:
    """The zero point of GELU's results, which are never below -0.17."""
    return int(torch.ceil(0.17 / scale))

  def linear_gelu(self, x: Tensor, w: Dict[str, Tensor], name: str) -> Tensor:
    self.observe(x, w, name)
    weight = w[name + ".weight"]
    if weight.dtype == INT8:
      scale = float(w[name + ".output_scale"])
      return ops.onednn.qlinear_pointwise(
        self.quantise(x, w, name), float(w[name + ".input_scale"]), 128,
        weight, w[name + ".weight_scale"], w[name + ".weight_zero"], w[name + ".bias"],
        scale, self.gelu_zero(scale), UINT8, "gelu", [], "none")
    if weight.is_mkldnn:
      return ops.mkldnn._linear_pointwise(x, weight, w[name + ".bias"], "gelu", [], "none")
    return torch.gelu(self.plain_linear(x, w, name), approximate="none")

  def layer_norm(self, x: Tensor, w: Dict[str, Tensor], name: str, eps: float) -> Tensor:
    return torch.layer_norm(x, [torch.size(x, -1)], w[name + ".weight"], w[name + ".bias"], eps)

  def positions(self, ids: Tensor, rows: Dict[str, Tensor]) -> Tensor:
    """Each token's place in its row [T]."""
    return torch.arange(torch.size(ids, 0), device=ids.device) - torch.repeat_interleave(rows["first"], rows["lengths"])

  def embedding_sum(self, ids: Tensor, types: Tensor, positions: Tensor, w: Dict[str, Tensor]) -> Tensor:
    name = "bert.embeddings."
    x = torch.embedding(w[name + "word_embeddings.weight"], ids)
    x = x + torch.embedding(w[name + "token_type_embeddings.weight"], types)
    return x + torch.embedding(w[name + "position_embeddings.weight"], positions)

  def embedding_norm(self, x: Tensor, w: Dict[str, Tensor], eps: float, dropout: float) -> Tensor:
    return torch.dropout(self.layer_norm(x, w, "bert.embeddings.LayerNorm", eps), dropout, dropout > 0.0)

  def embeddings(self, ids: Tensor, types: Tensor, rows: Dict[str, Tensor], w: Dict[str, Tensor], eps: float, dropout: float) -> Tensor:
    """X^0: ids [T], types [T] -> [T, H]."""
    return self.embedding_norm(self.embedding_sum(ids, types, self.positions(ids, rows), w), w, eps, dropout)

  def attention(self, q: Tensor, k: Tensor, v: Tensor, rows: Dict[str, Tensor], heads: int, dropout: float) -> Tensor:
    """Multi-head self-attention of every token within its row: q, k, v [B, M, D] -> [T, D]. Training needs its
    gradient and dropout; inference.py has another form, attend(), for groups of rows of like length without both."""
    b, m, d = torch.size(q)
    q, k, v = [t.view([b, m, heads, -1]).transpose(1, 2) for t in [q, k, v]]
    mask = rows["mask"].to(q.dtype).view([b, 1, 1, m])
    if dropout > 0.0:
      scores = q @ k.transpose(2, 3) / torch.sqrt(d // heads) + mask
      context = torch.dropout(torch.softmax(scores, -1), dropout, True) @ v
    elif torch.size(rows["slot_of_token"], 0) == b * m:
      context = torch.scaled_dot_product_attention(q, k, v)
    else:
      context = torch.scaled_dot_product_attention(q, k, v, mask)
    return self.to_tokens(context.transpose(1, 2).reshape([b, m, d]), rows)

  def cls_attention(self, h: Tensor, rows: Dict[str, Tensor], w: Dict[str, Tensor], name: str, heads: int, dropout: float) -> Tensor:
    """The [CLS] row of multi-head self-attention: h [T, A] -> [B, A].

    One query a row, so keys and values are never formed for every token. With W_k, W_v of a head,
    q . (W_k h_n + b_k) = (q W_k) . h_n + constant (which softmax drops), and
    sum_n p_n (W_v h_n + b_v) = W_v (sum_n p_n h_n) + b_v."""
    a = torch.size(h, 1)
    d = a // heads
    q = torch.linear(torch.embedding(h, rows["first"]), w[name + ".query.weight"], w[name + ".query.bias"])
    q = q.view([-1, heads, d]).transpose(0, 1)
    folded = (q @ w[name + ".key.weight"].view([heads, d, a])).transpose(0, 1)
    tokens = self.to_rectangle(h, rows)
    scores = folded @ tokens.transpose(1, 2) / torch.sqrt(d) + rows["mask"].to(h.dtype).unsqueeze(1)
    p = torch.dropout(torch.softmax(scores, -1), dropout, dropout > 0.0)
    mixed = (p @ tokens).transpose(0, 1)
    context = (mixed @ w[name + ".value.weight"].view([heads, d, a]).transpose(1, 2)).transpose(0, 1)
    return context.reshape([-1, a]) + w[name + ".value.bias"]

  def encoder_layer(self, x: Tensor, rows: Dict[str, Tensor], w: Dict[str, Tensor], name: str, heads: int, eps: float, dropout: float, attention_dropout: float) -> Tensor:
    """E^i: [T, H] -> [T, H]. query, key and value are one matrix [3H, H]."""
    q, k, v = torch.chunk(self.to_rectangle(self.linear(x, w, name + "attention.self.qkv"), rows), 3, 2)
    a = self.attention(q, k, v, rows, heads, attention_dropout)
    return self.feed_forward(a, x, w, name, eps, dropout)

  def feed_forward(self, a: Tensor, x: Tensor, w: Dict[str, Tensor], name: str, eps: float, dropout: float) -> Tensor:
    """What follows attention: its contexts a [T, H] and the layer's input x [T, H] -> [T, H]."""
    y = self.layer_norm(self.linear_add(a, x, w, name + "attention.output.dense", dropout), w, name + "attention.output.LayerNorm", eps)
    f = self.linear_gelu(y, w, name + "intermediate.dense")
    return self.layer_norm(self.linear_add(f, y, w, name + "output.dense", dropout), w, name + "output.LayerNorm", eps)

  def projected(self, x: Tensor, rows: Dict[str, Tensor], w: Dict[str, Tensor], name: str) -> Tensor:
    """The input of a gate's or classifier's attention: the rows' own tokens, in the type of its weights."""
    h = self.linear_tanh(x, w, name + "projection").to(w[name + "attention.query.weight"].dtype)
    return torch.narrow(h, 0, 0, torch.size(rows["slot_of_token"], 0))

  def gate(self, x: Tensor, rows: Dict[str, Tensor], w: Dict[str, Tensor], name: str, heads: int, dropout: float) -> Tensor:
    """G^i: X^(i-1) [T, H] -> the probability of skipping layer i [B]."""
    h = self.projected(x, rows, w, name)
    context = self.cls_attention(h, rows, w, name + "attention", heads, dropout)
    return torch.sigmoid(self.linear(context, w, name + "output")).squeeze(1)

  def classifier(self, x: Tensor, rows: Dict[str, Tensor], w: Dict[str, Tensor], name: str, heads: int, dropout: float) -> Tensor:
    """C^i: X^i [T, H] -> logits [B, C]. Without a projection it takes [CLS] alone."""
    if (name + "projection.weight") in w:
      h = self.projected(x, rows, w, name)
      context = self.cls_attention(h, rows, w, name + "attention", heads, dropout)
    else:
      context = torch.embedding(x, rows["first"]).to(w[name + "dense.weight"].dtype)
    return self.linear(torch.tanh(self.linear(context, w, name + "dense")), w, name + "output")
