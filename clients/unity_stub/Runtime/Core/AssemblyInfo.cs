using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Polyclinic.Core.Tests")]
