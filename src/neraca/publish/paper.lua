-- Give cards, statements and source lines a look on Quarto's paper; elsewhere CSS does it.
if not quarto.format.is_typst_output() then
  return {}
end

local function raw(text)
  return pandoc.RawInline("typst", text)
end

local function wrapped(before, content, after)
  local blocks = pandoc.Blocks({ pandoc.RawBlock("typst", before) })
  blocks:extend(content)
  blocks:insert(pandoc.RawBlock("typst", after))
  return blocks
end

local spans = {
  source = "#text(size: 8.5pt, fill: rgb(\"#525c61\"))[",
  label = "#text(size: 9pt, fill: rgb(\"#525c61\"))[",
  value = "#text(size: 13pt, weight: \"semibold\")[",
  verdict = "#strong[",
}

local function style_span(span)
  for class, before in pairs(spans) do
    if span.classes:includes(class) then
      local inlines = pandoc.Inlines({ raw(before) })
      inlines:extend(span.content)
      inlines:insert(raw("]"))
      return inlines
    end
  end
end

local function style_division(div)
  if div.classes:includes("statement") then
    return wrapped("#block(stroke: (left: 1pt + luma(200)), inset: (left: 0.9em))[", div.content, "]")
  elseif div.classes:includes("card") then
    return wrapped("grid.cell(stroke: 0.6pt + luma(200))[", div.content, "],")
  elseif div.classes:includes("cards") then
    local before = "#block(breakable: false, grid(columns: (1fr,) * 3, gutter: 0.6em, inset: 0.7em,"
    return wrapped(before, div.content, "))")
  end
end

return { { Span = style_span, Div = style_division } }
