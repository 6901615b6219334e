/** Strokes on a 16-unit grid. */
const PATHS = {
	hourglass: 'M4 2h8M4 14h8M5 2v2.5L8 8l3-3.5V2M5 14v-2.5L8 8l3 3.5V14',
	person: 'M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14c.6-3 2.8-4.5 5.5-4.5s4.9 1.5 5.5 4.5',
	arrow: 'M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4zM5 8h6M8.5 5.5 11 8l-2.5 2.5',
	check: 'M2.5 8.5 6 12l7.5-8',
	cross: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
	clock: 'M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4zM8 4.5V8l2.5 1.5',
	slash: 'M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4zM3.7 3.7l8.6 8.6',
	stop: 'M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4zM6 6h4v4H6z',
	alarm: 'M8 1.8 14.6 13.5H1.4zM8 6v3.5M8 11.2v.6',
	inbox: 'M2 9l2-6h8l2 6v4H2zM2 9h3.5l1 2h3l1-2H14',
	bell: 'M8 2a4 4 0 0 1 4 4v3l1.5 2.5h-11L4 9V6a4 4 0 0 1 4-4zM6.5 13.5a1.6 1.6 0 0 0 3 0',
	send: 'M14.5 1.5 1.5 6.8l4.8 2.4 2.4 5zM14.5 1.5 6.3 9.2',
	list: 'M5.5 4H14M5.5 8H14M5.5 12H14M2 4h.5M2 8h.5M2 12h.5',
	key: 'M6 13a3.5 3.5 0 1 1 2.9-5.4L14 2.5M11.5 5l1.8 1.8',
	people:
		'M6 7.5A2.5 2.5 0 1 0 6 2.5a2.5 2.5 0 0 0 0 5zM1.5 13.5c.4-2.6 2.2-4 4.5-4s4.1 1.4 4.5 4M10.5 7.3a2.3 2.3 0 0 0 0-4.5M12 9.8c1.4.5 2.3 1.8 2.5 3.7',
	facility: 'M2.5 14.2V3.8L8 1.8l5.5 2v10.4M1 14.2h14M6 14.2V11h4v3.2M5.5 6h1M9.5 6h1M5.5 8.5h1M9.5 8.5h1',
	charter: 'M3.5 1.8h6L13 5.3v8.9h-9.5zM9.5 1.8v3.5H13M5.5 8.5h5M5.5 11h5',
	audit: 'M7 12.2A5.2 5.2 0 1 0 7 1.8a5.2 5.2 0 0 0 0 10.4zM10.8 10.8l3.6 3.6',
	record: 'M2.5 3h11v3h-11zM2.5 6.5h11v3h-11zM2.5 10h11v3h-11z',
	shield: 'M8 1.5 13.5 3.8v4c0 3.2-2.3 5.6-5.5 6.7-3.2-1.1-5.5-3.5-5.5-6.7v-4zM5.5 8l1.8 1.8 3.2-3.5',
	forecast: 'M2 2v12h12M4.5 5h3v3h3v3H14',
	plus: 'M8 3v10M3 8h10',
	minus: 'M3 8h10',
	machine: 'M3 4h10v8H3zM6 1.8V4M10 1.8V4M6 12v2.2M10 12v2.2',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name, className = '' }: { name: IconName; className?: string }) {
	return (
		<svg
			className={className}
			width="16"
			height="16"
			viewBox="0 0 16 16"
			fill="none"
			stroke="currentColor"
			strokeWidth="1.6"
			strokeLinecap="round"
			strokeLinejoin="round"
			aria-hidden="true"
			focusable="false"
		>
			<path d={PATHS[name]} />
		</svg>
	)
}
