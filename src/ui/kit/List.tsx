/** Lists of settings and facts: sections with a heading, rows with an icon, a text and something at the end. */
import type { ComponentChildren, VNode } from 'preact'
import { useId } from 'preact/hooks'
import { Link } from '../Link.tsx'
import type { Route } from '../routes.ts'
import { Icon } from './Icon.tsx'
import { ChevronRight } from './icons.ts'
import type { IconNode } from './icons.ts'

interface SectionProps {
  readonly title?: string
  readonly note?: ComponentChildren
  readonly children: ComponentChildren
}

export const Section = ({ title, note, children }: SectionProps): VNode => {
  const id = useId()
  return (
    <section class="section" aria-labelledby={title === undefined ? undefined : id}>
      {title !== undefined && <h2 id={id}>{title}</h2>}
      <div class="section-rows">{children}</div>
      {note !== undefined && <p class="section-note">{note}</p>}
    </section>
  )
}

interface RowProps {
  readonly icon?: IconNode
  readonly title: ComponentChildren
  readonly detail?: ComponentChildren
  readonly end?: ComponentChildren
  readonly danger?: boolean
  readonly to?: Route
  readonly onClick?: () => void
  readonly [data: `data-${string}`]: string | number | boolean | undefined
}

export const Row = ({ icon, title, detail, end, danger = false, to, onClick, ...data }: RowProps): VNode => {
  const inner = (
    <>
      {icon !== undefined && <Icon icon={icon} />}
      <span class="row-text">
        <span class="row-title">{title}</span>
        {detail !== undefined && <span class="row-detail">{detail}</span>}
      </span>
      {end !== undefined && <span class="row-end">{end}</span>}
      {to !== undefined && <Icon icon={ChevronRight} size={18} class="faint" flip />}
    </>
  )
  const look = `row ${danger ? 'danger' : ''}`
  if (to !== undefined)
    return (
      <Link {...data} class={look} to={to}>
        {inner}
      </Link>
    )
  if (onClick !== undefined)
    return (
      <button {...data} type="button" class={look} onClick={onClick}>
        {inner}
      </button>
    )
  return (
    <div {...data} class={look}>
      {inner}
    </div>
  )
}

interface SwitchRowProps {
  readonly icon?: IconNode
  readonly title: string
  readonly detail?: string
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  readonly 'data-id'?: string
}

export const SwitchRow = ({ icon, title, detail, checked, onChange, ...data }: SwitchRowProps): VNode => {
  const id = useId()
  return (
    <label class="row">
      {icon !== undefined && <Icon icon={icon} />}
      <span class="row-text">
        <span class="row-title">{title}</span>
        {detail !== undefined && (
          <span class="row-detail" id={id}>
            {detail}
          </span>
        )}
      </span>
      <input
        {...data}
        type="checkbox"
        role="switch"
        class="switch"
        checked={checked}
        aria-checked={checked}
        aria-label={title}
        aria-describedby={detail === undefined ? undefined : id}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    </label>
  )
}

interface SelectRowProps<Value extends string> {
  readonly icon?: IconNode
  readonly title: string
  readonly value: Value
  readonly options: readonly { readonly value: Value; readonly label: string }[]
  readonly onChange: (value: Value) => void
  readonly 'data-id'?: string
}

export const SelectRow = <Value extends string>({
  icon,
  title,
  value,
  options,
  onChange,
  ...data
}: SelectRowProps<Value>): VNode => (
  <label class="row">
    {icon !== undefined && <Icon icon={icon} />}
    <span class="row-text">
      <span class="row-title">{title}</span>
    </span>
    <select
      {...data}
      class="select"
      value={value}
      onChange={(event) => {
        const chosen = options.find((option) => option.value === event.currentTarget.value)
        if (chosen !== undefined) onChange(chosen.value)
      }}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  </label>
)
