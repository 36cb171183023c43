import { Html } from '../html';

/** Style of a report's page: widths of bars stand in the page, all else here. */
export const pageStyle = new Html(`
:root { color-scheme: light; }
body { font: 1rem/1.5 system-ui, "Liberation Sans", Arial, sans-serif; color: #212b32; background: #f0f4f5; margin: 0; }
main { max-width: 72rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 2rem; line-height: 1.2; }
h2 { font-size: 1.375rem; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1.0625rem; margin: 1.25rem 0 .25rem; }
ul { margin: .25rem 0 .75rem; padding-left: 1.25rem; }
table { border-collapse: collapse; width: 100%; background: #fff; }
caption { text-align: left; padding: .25rem 0; color: #4c6272; }
th, td { text-align: left; padding: .35rem .5rem; border-bottom: 1px solid #d8dde0; font-weight: 400; }
thead th { font-weight: 600; vertical-align: bottom; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
td.number { white-space: nowrap; }
.missing { color: #4c6272; }
.scroll { position: relative; overflow-x: auto; }
.scroll:focus-visible { outline: 4px solid #005eb8; outline-offset: 2px; }
tbody th { min-width: 7rem; }
.bar, .scale { position: relative; display: block; width: 9rem; }
.bar { height: 1rem; overflow: hidden; background: #e8edee; }
.bar span { position: absolute; top: 0; bottom: 0; }
.bar .fill { left: 0; background: #41b6e6; }
.bar .under { background: repeating-linear-gradient(45deg, #a14900 0 5px, #ffd59e 5px 9px); }
.bar .over { background: #425563; }
.bar .interval { top: .3rem; bottom: .3rem; min-width: 3px; background: #212b32; border: 1px solid #fff; box-sizing: border-box; }
.bar .one { left: 50%; width: 2px; margin-left: -1px; background: #d5281b; }
.scale { display: flex; justify-content: space-between; font-weight: 400; }
.notice { border-left: 8px solid #005eb8; background: #fff; padding: .75rem 1rem; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
dt { font-weight: 600; } dd { margin: 0 0 .75rem; }
@media print { body { background: #fff; } .bar, .bar span { print-color-adjust: exact; } }
`);
