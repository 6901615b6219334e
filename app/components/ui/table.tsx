import type { KeyboardEvent, ReactNode } from 'react'

export type Column<T> = {
	label: string
	cell: (row: T) => ReactNode
	/** Something to be done, which paper cannot do. */
	isOnScreenOnly?: boolean
}
const onScreen = ({ isOnScreenOnly }: { isOnScreenOnly?: boolean }) =>
	isOnScreenOnly === true ? 'no-print' : undefined

/**
 * A table that becomes cards on a narrow screen. The first link of a row opens it; `j` and `k` move between these
 * links while one has the focus.
 */
export function Table<T>({
	caption,
	columns,
	rows,
	keyOf,
	empty,
}: {
	caption: string
	columns: Column<T>[]
	rows: readonly T[]
	keyOf: (row: T) => string
	empty: string
}) {
	if (rows.length === 0) return <p className="table-wrap empty">{empty}</p>
	return (
		// A region that can scroll must be reachable by keyboard.
		<div className="table-wrap" role="region" aria-label={caption} tabIndex={0}>
			<table className="table table-cards" onKeyDown={moveBetweenRows}>
				<caption className="visually-hidden">{caption}</caption>
				<thead>
					<tr>
						{columns.map((column) => (
							<th key={column.label} scope="col" className={onScreen(column)}>
								{column.label}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{rows.map((row) => (
						<tr key={keyOf(row)}>
							{columns.map((column) => (
								<td key={column.label} data-label={column.label} className={onScreen(column)}>
									<div>{column.cell(row)}</div>
								</td>
							))}
						</tr>
					))}
				</tbody>
			</table>
		</div>
	)
}

function moveBetweenRows(event: KeyboardEvent<HTMLTableElement>): void {
	const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0
	if (step === 0) return
	const links = [...event.currentTarget.querySelectorAll<HTMLElement>('tbody tr')].map((row) =>
		row.querySelector<HTMLElement>('a'),
	)
	const at = links.findIndex((link) => link?.closest('tr')?.contains(document.activeElement))
	links[Math.min(Math.max(at + step, 0), links.length - 1)]?.focus()
}
