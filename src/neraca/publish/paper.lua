-- Say on Quarto's paper with the functions of `paper.typ` what CSS and HTML say elsewhere.
if not quarto.format.is_typst_output() then
  return {}
end

-- Shares of the text's width: the widest figure, and the tallest in its height.
local WIDEST, TALLEST = 0.74, 1.0
-- A box with more items, as of sources, may go on over the page.
local SHORT_BOX = 8

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
  source = "#source-text[",
  label = "#label-text[",
  value = "#value-text[",
}

local function style_span(span)
  local before = nil
  for class, name in pairs(spans) do
    if span.classes:includes(class) then
      before = name
    end
  end
  if span.classes:includes("verdict") then
    before = '#verdict("' .. span.classes[#span.classes] .. '")['
  end
  if before then
    local inlines = pandoc.Inlines({ raw(before) })
    inlines:extend(span.content)
    inlines:insert(raw("]"))
    return inlines
  end
end

local function style_division(div)
  if div.classes:includes("statement") then
    return wrapped("#statement[", div.content, "]")
  elseif div.classes:includes("card") then
    return wrapped("[", div.content, "],")
  elseif div.classes:includes("cards") then
    return wrapped("#cards(", div.content, ")")
  end
end

-- Paper cannot follow a link to another page of the site: its words stay.
local function drop_site_link(link)
  if not link.target:match("^%a[%w+.-]*:") and not link.target:match("^#") then
    return pandoc.Span(link.content, link.attr)
  end
end

local function fit_image(image)
  local file = io.open(image.src, "rb")
  if file then
    local size = pandoc.image.size(file:read("a"))
    file:close()
    local share = math.min(WIDEST, TALLEST * size.width / size.height)
    image.attributes.width = string.format("%.1f%%", share * 100)
    return image
  end
end

-- Columns are as wide as their text needs, not as the dashes in the source.
local function free_columns(tbl)
  for column, spec in ipairs(tbl.colspecs) do
    tbl.colspecs[column] = { spec[1], nil }
  end
  return tbl
end

local function count_items(blocks)
  local count = 0
  blocks:walk({
    BulletList = function(list)
      count = count + #list.content
    end,
  })
  return count
end

local function style_callout(callout)
  local content = pandoc.Blocks(callout.content)
  local breakable = tostring(count_items(content) > SHORT_BOX)
  local before = '#notice("' .. callout.type .. '", breakable: ' .. breakable .. ", "
  local title = callout.title and pandoc.Blocks(callout.title) or pandoc.Blocks({})
  local blocks = pandoc.Blocks({ pandoc.RawBlock("typst", before .. "none, [") })
  if pandoc.utils.stringify(title) ~= "" then
    blocks = wrapped(before .. "[", title, "], [")
  end
  blocks:extend(content)
  blocks:insert(pandoc.RawBlock("typst", "])"))
  return blocks
end

-- Quarto's template passes the subtitle on, and not the description.
local function complete_front(meta)
  meta.subtitle = meta.description
  return meta
end

return {
  { Table = free_columns, Link = drop_site_link, Image = fit_image },
  { Span = style_span, Div = style_division },
  { Callout = style_callout, Meta = complete_front },
}
